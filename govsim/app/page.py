"""The page of the live app and its words.

Its state is one :class:`Session` a client; runs are computed off the page's own loop.
"""

from __future__ import annotations

import asyncio
import html
import json
import time
from dataclasses import replace
from typing import Any

from nicegui import Client, app, events, run, ui
from nicegui.client import templates
from starlette.responses import Response

from govsim.app.guard import Guard, addresses, with_nonces
from govsim.app.session import FIRST, SIDES, Session, drawn_columns, plain
from govsim.report.stage import SIGNS, STAGE_WORDS, script, short_unit
from govsim.scenario.messages import ScenarioError

_OWN: dict[str, dict[str, str]] = {
    "en": {
        "title": "Two models, the same district",
        "seed": "seed",
        "projector": "Projector (F)",
        "language": "中文",
        "settings": "Settings of the district",
        "add": "Add a setting",
        "apply": "Apply and begin anew",
        "story": "What happened to",
        "case": "problem no.",
        "resident": "resident no.",
        "tell": "Tell",
        "pick": "Click a problem or a resident in the district, or give a number.",
        "none": "There is nothing to tell of it on this side yet.",
        "first": "Play or step first: nothing has happened yet.",
        "limits": (
            "In this model, under these assumptions. Both sides have the "
            "same residents, problems, hours and money."
        ),
        "same": "The same numbers:",
        "keys": "Keys: space plays and pauses, arrow right steps, Home resets, F projector.",
    },
    "zh": {
        "title": "同一个社区，两种模式",
        "seed": "随机种子",
        "projector": "投影模式 (F)",
        "language": "English",
        "settings": "社区参数",
        "add": "添加参数",
        "apply": "应用并重新开始",
        "story": "来龙去脉",
        "case": "问题编号",
        "resident": "居民编号",
        "tell": "讲述",
        "pick": "在图中点击一个问题或一位居民，或输入编号。",
        "none": "这一侧目前没有可讲述的内容。",
        "first": "请先播放或前进一周：目前什么都还没有发生。",
        "limits": "以上均为本模型在所设假设下的结果。两侧的居民、问题、工时与资金相同。",
        "same": "得到同样数字的命令：",
        "keys": "按键：空格播放或暂停，右方向键前进一周，Home 重置，F 投影模式。",
    },
}

WORDS = {language: own | STAGE_WORDS[language] for language, own in _OWN.items()}


FASTEST = 0.05
"""Seconds a week at least, so that a small district can be followed."""
CURVES_EVERY = 0.2
"""Seconds between two drawings of the curves while it plays."""
ANSWER = 10.0
"""Seconds that a browser may take to draw a week."""
BUILDING = 600.0
"""Seconds that a district may take to be built before its page is given up."""


class App:
    """One open page.

    Parameters
    ----------
    session : Session
        What it begins with.
    client : Client
        The browser window.
    """

    def __init__(self, session: Session, client: Client) -> None:
        self.client = client
        self.session = session
        self.language = "en"
        self.playing = False
        self.busy = asyncio.Lock()
        self.models = list(self.session.asked.models)
        self.seed = self.session.asked.seed
        self.moved = dict(self.session.asked.moved)
        self.listed = [path for path in FIRST if path in self.session.knobs]
        self.told: tuple[str, int] | None = None

    def word(self, name: str) -> str:
        """Return a word in the language of the page."""
        return WORDS[self.language][name]

    def titled(self, label: dict[str, str], unit: dict[str, str]) -> str:
        """Return a label with its unit in the language of the page."""
        one = label[self.language]
        other = short_unit(one, unit[self.language])
        if not other:
            return one
        return f"{one}（{other}）" if self.language == "zh" else f"{one}, {other}"

    # What is on the page

    @ui.refreshable_method
    def layout(self) -> None:
        """Put everything on the page in its language."""
        word = self.word
        called = self.session.called
        options = {model: called(model)[self.language] for model in self.session.choices}
        with ui.row().classes("w-full items-center"):
            title = word("headed").format(what=word("title"), name=plain(self.session.loaded)[self.language])
            ui.html(f"<h1>{html.escape(title)}</h1>")
            ui.space()
            ui.button(word("language"), on_click=self.toggle_language).props("outline id=language color=dark")
            ui.button(word("projector"), on_click=lambda: ui.run_javascript("GovApp.projector()")).props(
                "outline id=projector color=dark"
            )
        with ui.row().classes("w-full items-center"):
            for k, side in enumerate(SIDES):
                ui.select(
                    options,
                    value=self.models[k],
                    label=word(side),
                    on_change=lambda e, k=k: self.choose(k, e.value),
                ).props(f"outlined dense for=model-{side}").classes("w-64")
            ui.number(word("seed"), value=self.seed, min=0, precision=0, on_change=self.set_seed).props(
                "outlined dense for=seed"
            ).classes("w-28")
        with ui.expansion(word("settings")).classes("w-full").props("id=settings"):
            self.sliders()
        with ui.row().classes("w-full items-center"):
            ui.button(word("reset"), on_click=self.restart).props("outline id=reset color=dark")
            ui.button(word("step"), on_click=self.step).props("outline id=step color=dark")
            self.button = ui.button(word("play"), on_click=self.toggle).props("id=play color=blue-10")
            week = self.session.week
            now = word("week").format(n=week, all=self.session.weeks)
            ui.html(f'<p id="week" data-week="{week}" role="status">{now}</p>').classes("ml-auto")
        with ui.element("div").classes("sides"):
            for k, side in enumerate(SIDES):
                name = called(self.session.asked.models[k])[self.language]
                head = html.escape(word("headed").format(what=word(side), name=name))
                sign = f'<canvas id="sign-{side}" width="80" height="48" aria-hidden="true"></canvas>'
                ui.html(
                    f'<h2>{sign} {head}</h2><canvas class="view" id="view-{side}" role="img"></canvas>'
                ).classes("side")
        entries = "".join(
            f'<li><canvas width="48" height="48" data-sign="{sign}" aria-hidden="true"></canvas><span>{word(sign)}</span></li>'
            for sign in SIGNS
        )
        ui.html(f'<ul class="legend">{entries}</ul>')
        ui.html(self._charts()).classes("w-full")
        self._stories()
        ui.html(f'<p class="small">{word("limits")} {word("keys")}</p>')
        self.commands = ui.html(self._commands())

    def _charts(self) -> str:
        boxes = []
        for name, about in drawn_columns().items():
            title = html.escape(self.titled(about["label"], about["unit"]))
            now = " · ".join(
                f'{self.word(side)} <span id="now-{side}-{name}" data-name="{name}">–</span>'
                for side in SIDES
            )
            boxes.append(
                f'<div><h3 title="{html.escape(about["definition"][self.language])}">{title}</h3><p>{now}</p>'
                f'<canvas id="curve-{name}" role="img"></canvas></div>'
            )
        return f'<div class="charts">{"".join(boxes)}</div>'

    def _commands(self) -> str:
        lines = "<br>".join(f"<code>{unbroken(line)}</code>" for line in self.session.commands())
        return f'<p class="small">{self.word("same")}<br>{lines}</p>'

    @ui.refreshable_method
    def sliders(self) -> None:
        """Put the chosen settings on the page; each comes from its declaration."""
        with ui.element("div").classes("charts"):
            for path in self.listed:
                knob = self.session.knobs[path]
                value = self.moved.get(path, knob.value)
                shown = self.titled(knob.label, knob.unit)
                with ui.column().classes("w-full gap-0"):
                    title = ui.label(f"{shown}: {value:g}").tooltip(knob.meaning)

                    def moved(
                        e: events.ValueChangeEventArguments[Any],
                        path: str = path,
                        title: ui.label = title,
                        shown: str = shown,
                    ) -> None:
                        self.moved[path] = float(e.value)
                        title.text = f"{shown}: {e.value:g}"

                    ui.slider(
                        min=knob.low, max=knob.high, step=knob.step, value=value, on_change=moved
                    ).props(f'aria-label="{html.escape(shown)}" data-path="{path}"')
        rest = {
            path: f"{knob.label[self.language]} ({path})"
            for path, knob in self.session.knobs.items()
            if path not in self.listed
        }
        with ui.row().classes("w-full items-center"):
            ui.select(rest, label=self.word("add"), with_input=True, on_change=self.add_slider).props(
                "outlined dense"
            ).classes("w-96 max-w-full")
            ui.button(self.word("apply"), on_click=self.restart).props("id=apply color=blue-10")

    def _stories(self) -> None:
        with ui.row().classes("w-full items-center"):
            ui.html(f"<h3 style='font-size:1.1rem;font-weight:600;margin:0'>{self.word('story')}</h3>")
            for what in ("case", "resident"):
                with ui.row().classes("items-center no-wrap"):
                    number = (
                        ui.number(self.word(what), min=0, precision=0)
                        .props(f"outlined dense for={what}")
                        .classes("w-36")
                    )
                    ui.button(
                        self.word("tell"),
                        on_click=lambda what=what, number=number: self.tell(what, number.value),
                    ).props(f"outline color=dark id=tell-{what}")
        self.panels()

    @ui.refreshable_method
    def panels(self) -> None:
        """Put the story of both sides on the page."""
        with ui.element("div").classes("sides").props("aria-live=polite"):
            for k, side in enumerate(SIDES):
                if self.told is None:
                    lines = [self.word("pick")] if k == 0 else []
                else:
                    lines = self.session.story(k, *self.told, self.language)
                    lines = lines or [self.word("none" if self.session.week else "first")]
                text = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
                ui.html(f'<div id="told-{side}">{text}</div>').classes(f"told {side}")

    # What can be done

    async def attach(self) -> None:
        """Give the browser the places of everybody, and draw the present week."""
        words: dict[str, Any] = {name: self.word(name) for name in ("week", "axis", "alt")}
        words |= {
            side: self.session.called(model)[self.language]
            for side, model in zip(SIDES, self.session.asked.models, strict=True)
        }
        words |= {
            "language": self.language,
            "columns": {name: about["label"][self.language] for name, about in drawn_columns().items()},
        }
        await self._call("attach", self.session.setting, words)
        await self.show(curves=True)

    async def show(self, curves: bool) -> None:
        """Draw the present week and wait until the browser has."""
        week: dict[str, Any] = {
            "week": self.session.week,
            "weeks": self.session.weeks,
            "frames": self.session.frames(),
        }
        if curves:
            week["curves"] = await run.io_bound(self.session.curves)
        await self._call("show", week)

    async def _call(self, name: str, *arguments: Any) -> None:
        given = ",".join(json.dumps(one, separators=(",", ":"), ensure_ascii=True) for one in arguments)
        await self.client.run_javascript(f"return GovApp.{name}({given})", timeout=ANSWER)

    async def step(self) -> None:
        """Advance one week."""
        self.playing = False
        self._label()
        async with self.busy:
            await run.io_bound(self.session.step)
            await self.show(curves=True)

    async def toggle(self) -> None:
        """Play, or pause; the next week is computed when the browser has drawn the last one."""
        self.playing = not self.playing
        self._label()
        if not self.playing:
            return
        async with self.busy:
            drawn = 0.0
            while self.playing and not self.session.over and self.client.has_socket_connection:
                began = time.monotonic()
                await run.io_bound(self.session.step)
                curves = began - drawn >= CURVES_EVERY
                drawn = began if curves else drawn
                await self.show(curves)
                await asyncio.sleep(max(0.0, FASTEST - (time.monotonic() - began)))
            self.playing = False
            await self.show(curves=True)
        self._label()

    def _label(self) -> None:
        self.button.set_text(self.word("pause" if self.playing else "play"))

    async def choose(self, side: int, model: str) -> None:
        """Take another model, and begin anew."""
        self.models[side] = model
        await self.restart()

    def set_seed(self, event: events.ValueChangeEventArguments[Any]) -> None:
        """Take note of another seed."""
        if event.value is not None and event.value >= 0:
            self.seed = int(event.value)

    def add_slider(self, event: events.ValueChangeEventArguments[Any]) -> None:
        """Put one more setting on the page."""
        if event.value in self.session.knobs and event.value not in self.listed:
            self.listed.append(event.value)
            self.sliders.refresh()

    async def restart(self) -> None:
        """Begin anew with what is chosen, or say what is wrong with it."""
        self.playing = False
        async with self.busy:
            asked = replace(
                self.session.asked,
                models=(self.models[0], self.models[1]),
                seed=self.seed,
                moved=dict(self.moved),
            )
            with self.client:
                try:
                    await run.io_bound(self.session.start, asked)
                except ScenarioError as error:
                    ui.notify(
                        error.report(), type="negative", multi_line=True, timeout=15000, close_button="×"
                    )
                    return
                self.told = None
                self.layout.refresh()
                await self.attach()

    async def toggle_language(self) -> None:
        """Say everything in the other language; the runs go on where they are."""
        self.playing = False
        async with self.busy:
            self.language = "zh" if self.language == "en" else "en"
            self.layout.refresh()
            await self.attach()

    def tell(self, what: str, number: float | None) -> None:
        """Show the story of a problem or a resident on both sides."""
        if number is not None:
            self.told = (what, int(number))
            self.panels.refresh()

    def picked(self, event: events.GenericEventArguments) -> None:
        """Show the story of what was clicked."""
        self.tell(str(event.args["what"]), float(event.args["number"]))


def unbroken(command: str) -> str:
    """Return a command as markup that breaks between its words only."""
    return " ".join(f"<span>{html.escape(word)}</span>" for word in command.split(" "))


def serve_app(scenario: str, host: str, port: int, browser: bool) -> None:
    """Serve the page until the program is stopped, at the address that was printed and no other."""
    parts = (
        ("govsim.report.stage", "stage.js"),
        ("govsim.report.stage", "curves.js"),
        ("govsim.app", "app.js"),
    )
    code = "\n".join(script(package, name) for package, name in parts)
    style = script("govsim.app", "app.css")

    @app.get("/govsim/app.js")
    def scripts() -> Response:
        return Response(code, media_type="text/javascript")

    @app.get("/govsim/app.css")
    def styles() -> Response:
        return Response(style, media_type="text/css")

    @ui.page("/", response_timeout=BUILDING)
    async def index(client: Client) -> None:
        ui.add_head_html(
            '<link rel="stylesheet" href="/govsim/app.css"><script src="/govsim/app.js"></script>'
        )
        try:
            session = await run.io_bound(Session, scenario)  # others are served meanwhile
        except ScenarioError as error:
            ui.html(f"<pre>{html.escape(error.report())}</pre>")
            return
        if session is None:  # the program is being stopped
            return
        shown = App(session, client)
        ui.on("picked", shown.picked)
        shown.layout()
        await client.connected()
        await shown.attach()

    with_nonces(templates)
    app.add_middleware(Guard, allowed=addresses(host, port))

    ui.run(
        host=host, port=port, reload=False, show=browser, title="govsim", language="en-US", dark=False,
        show_welcome_message=False,
    )  # fmt: skip
