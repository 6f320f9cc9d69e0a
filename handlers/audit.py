"""/audit: looking back."""

from chatbot.domain.ids import PersonId
from chatbot.domain.people import Role
from handlers.actions import ExportAudit, ExportEverybodysAudit, ShowAudit, ShowEverybodysAudit
from handlers.commands import Button, Command, Needs, Route
from handlers.context import Context
from handlers.views import audit as views
from handlers.views.audit_csv import Table
from handlers.views.screen import File, Screen


async def audit(ctx: Context) -> None:
    await ctx.reply(await _own(ctx, before=0))


async def show(ctx: Context, action: ShowAudit) -> None:
    await ctx.edit(await _own(ctx, before=action.before))


async def show_everybodys(ctx: Context, action: ShowEverybodysAudit) -> None:
    page = await ctx.services.audit.page(of=None, before=action.before or None)
    await ctx.edit(views.everybodys(page, first=not action.before))


async def export(ctx: Context, _: ExportAudit) -> None:
    await _export(ctx, of=ctx.person.id)


async def export_everybodys(ctx: Context, _: ExportEverybodysAudit) -> None:
    await _export(ctx, of=None)


async def _own(ctx: Context, *, before: int) -> Screen:
    page = await ctx.services.audit.page(of=ctx.person.id, before=before or None)
    return views.own(page, is_owner=ctx.person.role is Role.OWNER, first=not before)


async def _export(ctx: Context, *, of: PersonId | None) -> None:
    """In as many files as it takes; nearly always that is one."""
    names = await ctx.services.audit.names()
    table, part = Table(), 1
    async for batch in ctx.services.audit.export(of=of, by=ctx.person.id, chat=ctx.chat.id):
        if table.is_full:
            await _send(ctx, table, part=part)
            table, part = Table(), part + 1
        table.add(batch, names)
    await _send(ctx, table, part=part)


async def _send(ctx: Context, table: Table, *, part: int) -> None:
    name = f"audit-{ctx.clock.now():%Y-%m-%d}{f'-{part}' if part > 1 else ''}.csv"
    caption = views.exported(entries=table.entries, part=part)
    await ctx.reply(File(name=name, content=table.content(), caption=caption))


ROUTES: tuple[Route, ...] = (
    Command("audit", "What was done in your name", handle=audit, usage=("/audit",), subject="Safety", by_link=True),
    Button(ShowAudit, handle=show),
    Button(ExportAudit, handle=export),
    Button(ShowEverybodysAudit, handle=show_everybodys, needs=Needs.OWNER),
    Button(ExportEverybodysAudit, handle=export_everybodys, needs=Needs.OWNER),
)
