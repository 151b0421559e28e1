"""What contradicts itself in 通讯录: one sentence each, as of a cell."""

from flows.ledger.sentences import Sentence


class DirectoryNeed(Sentence):
    """Of units, posts and absences, each among the others."""

    TWO_PARENTS = (
        "“{found}”与第{other}行写的上级单位不同，请写成一致",
        "“{found}” differs from the parent in row {other}; make them equal",
    )
    TWO_LANGUAGES = (
        "“{found}”与同一人第{other}行的语言不同，请写成一致",
        "“{found}” differs from the same person's language in row {other}; make them equal",
    )
    PARENT_CYCLE = (
        "“{found}”成了自己的上级（{other}），请改正上级单位",
        "“{found}” would be above itself ({other}); correct the parents",
    )
    OWN_DEPUTY = ("“{found}”不能代理自己", "“{found}” cannot stand in for himself or herself")
    MUTUAL_DEPUTIES = (
        (
            "“{found}”在这段时间也由“{other}”代理，两人不能互为代理；只写不在岗的一人，"
            "或改成不重叠的起止"
        ),
        (
            "“{found}” is away too, with “{other}” standing in; give a deputy to the one who is "
            "away, or dates that do not overlap"
        ),
    )
    ALWAYS_AWAY = (
        (
            "“{found}”写了代理人“{other}”而没有起止，按一直不在岗办理，给他的信都发给代理人；"
            "平时在岗的（如 AB 岗）请删去代理人，不在岗时再写代理人和起止"
        ),
        (
            "“{found}” has the deputy “{other}” without dates and counts as away for good: the "
            "deputy gets every mail; for somebody who is at work, leave the deputy out until the "
            "days of an absence are known"
        ),
    )
    OVERLAPPING_POST = (
        "“{found}”的同一职务与第{other}行时间重叠，请只留一行或改正起止",
        (
            "“{found}” holds the same post in row {other} at the same time; keep one row or "
            "correct the dates"
        ),
    )
    OVERLAPPING_ABSENCE = (
        "“{found}”的代理与第{other}行时间重叠，请只留一行或改正起止",
        "“{found}” is away in row {other} at the same time; keep one row or correct the dates",
    )
