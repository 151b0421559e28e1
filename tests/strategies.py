"""Random calendars, ladders and tasks for the property tests."""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from models.ladder import Entry, Ladder, Rung
from models.organisation import PostKind
from models.span import Span
from models.warning import Colour
from models.workdays import Calendar

settings.register_profile("unhurried", deadline=None)  # a machine may be busy with other things
settings.load_profile("unhurried")

FIRST, LAST = date(2022, 1, 1), date(2022, 12, 31)
dates = st.dates(FIRST, LAST)

spans = st.one_of(
    st.builds(Span, st.integers(-20, 40), st.just("d")),
    st.builds(Span, st.integers(-10, 20), st.just("wd")),
    st.builds(Span, st.integers(-2, 3), st.just("mo")),
)
withins = st.builds(Span, st.integers(0, 6), st.sampled_from(["d", "wd"]))

_edits = st.dictionaries(dates, st.booleans(), max_size=25)
calendars = st.builds(Calendar, edits=_edits)


def entries(clocks):
    return st.builds(Entry, clock=st.sampled_from(clocks), after=spans)


def ladder_of(*entries_of_one_rung: Entry, roll: str = "next") -> Ladder:
    """A ladder of one blue rung."""
    rung = Rung(colour=Colour.BLUE, label="蓝", when=entries_of_one_rung, tell=(PostKind.HANDLER,))
    return Ladder(
        name="one",
        title="一",
        version="1",
        number_format="〔{year}〕{n}号",
        roll=roll,
        rung=(rung,),
    )


@st.composite
def ladders(draw, *, notice_clocks: bool = True) -> Ladder:
    """Any ladder that the checker lets pass."""
    colours = draw(st.lists(st.sampled_from(list(Colour)[1:]), min_size=1, unique=True))
    colours.sort(key=lambda colour: colour.rank)
    rungs = []
    for lower, colour in zip([None, *colours], colours, strict=False):
        when = draw(
            st.lists(entries(("due", "opened", "stage", "reported")), min_size=1, max_size=3)
        )
        if lower and notice_clocks and draw(st.booleans()):
            clock = draw(st.sampled_from(["unacknowledged", "unanswered"]))
            when.append(Entry(clock=clock, of=lower, after=draw(spans)))
        rungs.append(
            Rung(
                colour=colour,
                label=str(colour),
                when=tuple(when),
                tell=(PostKind.HANDLER,),
                acknowledge_within=draw(withins),
                answer_within=draw(withins),
            )
        )
    return Ladder(
        name="random",
        title="随机",
        version="1",
        number_format="〔{year}〕{n}号",
        roll=draw(st.sampled_from(["next", "none"])),
        rung=tuple(rungs),
    )


def toml_of(ladder: Ladder) -> str:
    """The ladder as its file would say it."""
    lines = [
        f'{key} = "{getattr(ladder, key)}"'
        for key in ("name", "title", "version", "number_format", "roll")
    ]
    for rung in ladder.rung:
        lines += [
            "[[rung]]",
            f'colour = "{rung.colour}"',
            f'label = "{rung.label}"',
            f"tell = {[str(kind) for kind in rung.tell]}",
            f'acknowledge_within = "{rung.acknowledge_within}"',
            f'answer_within = "{rung.answer_within}"',
            "when = [" + ", ".join(_entry(entry) for entry in rung.when) + "]",
        ]
    return "\n".join(lines).replace('"+', '"')


def _entry(entry: Entry) -> str:
    of = f', of = "{entry.of}"' if entry.of else ""
    return f'{{ clock = "{entry.clock}", after = "{entry.after}"{of} }}'
