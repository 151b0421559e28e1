"""What `--help` says of duties and measurements, in Chinese."""

OF_WHAT_RECURS = {
    "Recurring duties, whose tasks the night opens by itself.": (
        "周期任务：到期由夜间检查自动交办。"
    ),
    "Every duty: when it comes back, for whom, what comes next, and how many were missed.": (
        "全部周期任务：周期、对象、下次时间，以及逾期未办的件数。"
    ),
    "Whether a duty file can be used; every fault names its key. It needs no database.": (
        "检查周期任务文件能否使用，逐项指出错误；不需要数据库。"
    ),
    "Load a duty file; what comes from today on is opened as it says.": (
        "装入周期任务文件；今日起到期的按文件自动交办。"
    ),
    "What the nights that come will open.": "今后各夜将开出哪些任务。",
    "Values against thresholds or a path; what turns worse is followed up.": (
        "监测：数值对照红黄绿码的界线或目标路径，变差即自动交办。"
    ),
    "A series, by its name.": "监测，写名称。",
    "One series, each subject by its own line.": "只看这一项监测，逐个对象列出。",
    "The series and how many are green, yellow and red; or one of them, by subject and period.": (
        "全部监测各有多少红、黄、绿码；或其中一项，按对象和时期列出。"
    ),
    "As 2022-07, 2022Q3 or 2022.": "时期，如 2022-07、2022Q3 或 2022。",
    "The reason of a correction; it is kept.": "更正的理由，会留存。",
    "Report one value; what turns worse opens a task that follows it up.": (
        "报一个数值；变差的自动交办跟进事项。"
    ),
    "Report the values of a CSV of subject, period, value, reason: all or nothing.": (
        "从 CSV（对象,时期,数值,更正理由）报数：要么全部记录，要么一条不记。"
    ),
    "Whether a file of a series can be used; every fault names its key. It needs no database.": (
        "检查监测文件能否使用，逐项指出错误；不需要数据库。"
    ),
    "Load a file of a series; what was reported keeps the code that it had.": (
        "装入监测文件；已报数值的码不变。"
    ),
}
