"""/export: trades, orders and history as files."""

from chatbot.domain.export_text import read_export
from chatbot.domain.exports import Export, ExportFormat, ExportRequest
from handlers.actions import CancelExport, StartExport
from handlers.commands import Button, Command, Route
from handlers.context import Context
from handlers.views import exports as views


async def export(ctx: Context) -> None:
    """Without words it shows what is under way, or what can be had."""
    if ctx.args:
        await _begin(ctx, read_export(ctx.args, today=ctx.services.exports.today))
        return
    running = await ctx.services.exports.of(ctx.person.id)
    if running is None:
        await ctx.offer(views.menu())
    else:
        await _show(ctx, running)


async def start(ctx: Context, action: StartExport) -> None:
    today = ctx.services.exports.today
    await _begin(ctx, ExportRequest(kind=action.kind, first=None, last=today, format=ExportFormat.CSV))


async def cancel(ctx: Context, action: CancelExport) -> None:
    running = await ctx.services.exports.of(ctx.person.id)
    given_up = await ctx.services.exports.cancel(action.export, person=ctx.person.id)
    await ctx.edit(views.cancelled(running) if given_up else views.too_late())


async def _begin(ctx: Context, request: ExportRequest) -> None:
    await _show(ctx, await ctx.services.exports.begin(request, person=ctx.person.id, chat=ctx.chat.id))


async def _show(ctx: Context, running: Export) -> None:
    """A message that says from now on how far it is."""
    message = await ctx.reply(views.progress(running, now=ctx.clock.now()))
    await ctx.services.exports.attach(running.id, message)


ROUTES: tuple[Route, ...] = (
    Command(
        "export",
        "Trades, orders or history as a file",
        handle=export,
        usage=("/export", "/export trades|orders|history FIRST-DAY LAST-DAY csv|json"),
        examples=("/export", "/export trades 2026-01-01 2026-06-30", "/export orders last month json"),
        subject="Account",
        by_link=True,
    ),
    Button(StartExport, handle=start),
    Button(CancelExport, handle=cancel),
)
