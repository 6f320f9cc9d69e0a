"""What Alembic runs: the missing migrations, on the connection and in the transaction it was handed."""

from alembic import context

from chatbot.storage.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
