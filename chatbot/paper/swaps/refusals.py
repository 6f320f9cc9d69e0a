"""What the service says no with: HTTP 400 and one of the bodies that clients have met (api: section 6)."""

from typing import Self


class Invalid(Exception):
    """The request is not carried out; nothing was changed. `body` is the answer."""

    def __init__(self, body: dict[str, object]) -> None:
        super().__init__(str(body))
        self.body = body

    @classmethod
    def missing(cls, *fields: str) -> Self:
        """The documented form, for fields that are required."""
        return cls({"detail": "Invalid input", "errors": {field: ["This field is required."] for field in fields}})

    @classmethod
    def field(cls, name: str, message: str) -> Self:
        """The bare form of Django REST framework, for a field that makes no sense by itself."""
        return cls({name: [message]})

    @classmethod
    def order(cls, message: str) -> Self:
        """Its form for what is wrong with the request as a whole."""
        return cls({"non_field_errors": [message]})
