"""What `--help` says, in Chinese: the commands carry the English, this table the translation."""

from typing import Any

HELP = {
    "Every task has its official and deadline; overdue ones turn blue, yellow, red.": (
        "四色督办：每件事都有责任人和时限，到期未办结的由蓝转黄、由黄转红。"
    ),
    "Create or upgrade the database; load the shipped policies, procedures and calendar.": (
        "建立或升级数据库，装入预警规则、事项类别和日历。"
    ),
    "Print the result as JSON.": "以 JSON 输出结果。",
    "A seeded district, some nights played, then served: the main job to look at.": (
        "演示区县：装入数据，演练数周的夜间检查，然后打开网页。"
    ),
    "Address to listen on.": "监听地址。",
    "Port to listen on.": "监听端口。",
    "Play the nights, then stop.": "演练完即停，不打开网页。",
    "The pages and the scheduler; without a relay also a catching mailbox, on loopback.": (
        "网页和定时检查；未设置邮件服务器时，把信收在本机。"
    ),
    "Take in a ledger (台账) and directory (通讯录): all or nothing, every error listed.": (
        "导入台账和通讯录：要么全部导入，要么一条不进，错误逐条列出。"
    ),
    "Show what would change; write nothing.": "只预览会改什么，不写入。",
    "Your own headings: which of them is which of ours.": (
        "表头对照文件：本单位的表头各对应哪一项。"
    ),
    "Write the ledger (台账) and directory (通讯录) as the office keeps them, into one .xlsx that "
    "can be imported again. It holds the titles of restricted matters too: for the administrator "
    "on this machine. Only an earlier export is replaced.": (
        "导出台账和通讯录为一个 .xlsx，可再导入。含限知事项的标题，只供本机管理员使用。"
        "只替换此前导出的文件。"
    ),
    "Run one night: escalate what is overdue, issue notices, mail the people responsible.": (
        "执行一次夜间检查：升级颜色，签发预警单，给责任人发信。"
    ),
    "Business date; today if not given.": "检查日期，不写为今天。",
    "Show what it would do; write nothing.": "只预演，不写入。",
    "Without Prefect, in this process.": "不用 Prefect，直接在本进程执行。",
    "Send what the outbox owes now, and the webhooks.": "发送发件箱里现在该发的信和推送。",
    "Connections at once.": "同时使用的连接数。",
    "The ledger: every task with its colour, the worst first.": "全部事项及颜色，最急的在前。",
    "Only this colour.": "只看这种颜色，如：红 或 red。",
    "Only this unit, by its name.": "只看这个单位（写全称）。",
    "Only what is past its date.": "只看已超期的。",
    "Only this state.": "只看这种状态，如：办理中 或 in_progress。",
    "Move a matter into a stage of its procedure, whose limit counts then; or show where it is.": (
        "进入所属类别的某一环节，时限按该环节重新计算；不写环节则显示现处环节。"
    ),
    "The stage; none: show.": "环节名称；不写则显示。",
    "The day on which it began; today if not given.": "环节起始日期，不写为今天。",
    "Record that a matter became this case lead, or that it was found in it.": (
        "登记移送：事项转为该问题线索，或在其中发现了该线索。"
    ),
    "The petitions of a month: forwarded and open, not turned into a lead, open for more than "
    "three months, turned into a lead.": (
        "信访件月度梳理：转办未办结、未转问题线索、超三个月未办结、已转问题线索。"
    ),
    "As 2022-07; the present month, up to today, if not given.": (
        "如 2022-07；不写为本月，截至今天。"
    ),
    "Batches of case leads that are looked at again, and the register compared with another.": (
        "问题线索起底复盘，月末与另一台账对账。"
    ),
    "A batch of case leads is looked at again: a restricted matter with a deadline of its own.": (
        "起底复盘：选定一批问题线索，本身是有时限的限知事项。"
    ),
    "By when every lead has its verdict.": "全部作出结论的时限。",
    "Only leads received from this day on.": "只选这一天（含）以后收到的线索。",
    "Only leads received up to this day.": "只选这一天（含）以前收到的线索。",
    "Only leads that are closed.": "只选已办结的线索。",
    "The verdict on one lead; the last one puts the batch before its sign-off.": (
        "登记一条线索的结论；最后一条登记后送审签。"
    ),
    "The leads of a batch with their verdicts.": "一批线索的逐条结论。",
    "Compare the register with the numbers in another one, a line each: 1 if they differ.": (
        "与另一台账的编号（每行一个）核对，列出差异；不一致时结束码为 1。"
    ),
    "One task with its history.": "一件事项的全部经过。",
    "Why this colour: the counting day by day, and what comes next.": (
        "为什么是这个颜色：逐条列出起算日和达到日期，以及接下来会怎样。"
    ),
    "Who turns which colour when, if nobody acts and no deadline changes.": (
        "预测：如无人办理、时限不变，哪些事项在哪天变什么颜色。"
    ),
    "How many days from today to look ahead.": "从今天起看多少天。",
    "As of this business date.": "截至哪一天，不写为今天。",
    "0 if the last night is not late and nothing is stuck.": (
        "夜间检查有没有漏、邮件有没有卡住；正常时结束码为 0。"
    ),
    "Print a one-time sign-in link, for the first administrator.": "打印一次性登录链接。",
    "Closed matters that are looked at again.": "对已销号事项开展回头看。",
    "Every sample that was drawn, with its seed and what was found.": (
        "历次抽样：种子、数量和检查结论。"
    ),
    "Prove that a sample is what its seed draws; exit 1 if it is not.": (
        "按种子重新抽样，核对是否一致；不一致时结束码为 1。"
    ),
    "As `rounds` numbers it.": "抽样的号，见 rounds。",
    "Have a matter that was signed off looked at again, beside the samples.": (
        "抽样之外，把一件已销号的事项列入回头看。"
    ),
    "What waits to be looked at, the soonest first.": "待查的回头看，期限最近的在前。",
    "The ladders: which colours, when, who is told, what they owe.": (
        "预警规则：哪些颜色、何时达到、告知谁、要做什么。"
    ),
    "Every policy and version that is loaded.": "已装入的全部规则和版本。",
    "Whether a policy file can be used; every fault names its table and key.": (
        "检查规则文件能否使用，错误逐条指明位置。"
    ),
    "Load a policy file; tasks that open from now on use it, open ones keep theirs.": (
        "装入规则文件：今后交办的事项用新规则，在办的沿用原规则。"
    ),
    "The ladder as an office would write it.": "一套规则的内容。",
    "The office's working days.": "本单位的工作日历。",
    "The days of a year that are not as their weekday says, and whether the year is known.": (
        "某年的放假和调休，以及该年安排是否已确定。"
    ),
    "Make one day a working day or a day off.": "把某一天改为上班或放假。",
    "working or holiday": "working（上班）或 holiday（放假）",
    "The reason; it is kept.": "理由，会留存。",
    "Load days from a CSV of date,working|holiday,why; a year whose holidays are all there counts "
    "as known from then on.": (
        "从 CSV（日期,上班或放假,理由）录入安排；列全一年放假日的，该年即视为已确定。"
    ),
    "Who can be reached by mail.": "邮件能否送达。",
    "Everybody whose address is refused: correct it in the directory and import that.": (
        "邮箱被拒收的人员；更正后导入通讯录即可。"
    ),
    "Send to this address again: the refusal was wrong, or is mended.": (
        "恢复向这个邮箱发信（退信有误，或已修复）。"
    ),
    "Read what came back: from a file or a pipe, or from the mailbox of SISE_IMAP_URL.": (
        "读取退信：从文件或管道，或从 SISE_IMAP_URL 的邮箱。"
    ),
    "A message or an mbox; - reads it from a pipe.": "一封邮件或 mbox 文件；- 为从管道读取。",
    "Set what a long-term matter is to have reached by when, or show it.": (
        "设定或查看长期事项的阶段目标。"
    ),
    "All that are still open; none: show.": "全部未达到的阶段目标，写成 日期=内容；不写则显示。",
    "Remove those still open.": "清除未达到的阶段目标。",
    "Pass a task to another handler, and perhaps to another unit.": (
        "改派：把一件事项交给另一责任人，也可同时改责任单位。"
    ),
    "The new handler, by the mail address.": "新责任人的邮箱。",
    "A unit, by its name.": "单位（写全称）。",
    "A person, by the mail address.": "人员的邮箱。",
    "Somebody keeps away from a task: neither told of it nor asked to decide.": (
        "回避：某人或某单位不再获知本事项，也不参与决定。"
    ),
    "The last day of it.": "回避的最后一天，不写为长期。",
    "Somebody need not keep away from a task any more.": "结束回避。",
    "Lists that the office keeps, and what stands on them.": (
        "本单位的清单，如七张问题清单、挂牌督办。"
    ),
    "Every list, the rules that count on it, and how many matters stand on it.": (
        "全部清单：按哪套规则计时，有多少件事项。"
    ),
    "A list, by its name or its title.": "清单，写名称或标题。",
    "Put a matter on a list; while it is there, stricter rules may count.": (
        "把一件事项列入清单；列入期间可能按更严的规则计时。"
    ),
    "Under which leader, by the mail address.": "挂牌领导的邮箱。",
    "Take a matter off a list; its own rules count again.": (
        "把一件事项移出清单，恢复按自己的规则计时。"
    ),
    "Pass a person's posts, open matters, duties and pending decisions to a successor.": (
        "交接：把一个人的职务、在办事项、待办预警和待决定的申请交给接任者。"
    ),
    "Whose post it is.": "交出职务的人，写邮箱。",
    "The successor.": "接任者，写邮箱。",
    "From this day on; today if not given.": "从哪天起，不写为今天。",
    "Show what would pass; write nothing.": "只预览会交接什么，不写入。",
    "The keys behind links and sessions.": "链接和登录所用的密钥。",
    "What another policy would have done to the tasks that are here. Nothing is written.": (
        "试算：改用另一套预警规则，现有事项会有什么不同；不写入任何内容。"
    ),
    "First business date; 90 days ago if not given.": "起始日期，不写为 90 天前。",
    "Last business date; today if not given.": "截止日期，不写为今天。",
    "Programs that may use the API.": "可以使用接口的程序。",
    "What it may do; say it again for more than one.": "可以做什么；有多项时重复写。",
    "Let a program in; its token is shown this once.": "准许一个程序使用接口；令牌只显示这一次。",
    "The programs, what each may do, and which were turned away.": (
        "全部程序、各自的权限，以及哪些已停用。"
    ),
    "Turn a program away: its token opens nothing from now on.": "停用一个程序的令牌，立即生效。",
    "Addresses of other programs that are told of transitions.": "接收变动推送的其他程序的地址。",
    "As warning or warning.escalate; say it again for more. All if none.": (
        "只推送这种变动，如 warning 或 warning.escalate；有多项时重复写，不写为全部。"
    ),
    "Only matters of this procedure; say it again for more. All if none.": (
        "只推送这一类事项；有多类时重复写，不写为全部。"
    ),
    "Tell this address of transitions from now on; its secret is shown this once.": (
        "登记推送地址，从现在起推送变动；签名密钥只显示这一次。"
    ),
    "The addresses, what each is told, and how they are.": "全部推送地址、推送范围和状态。",
    "Tell this address nothing more; what it was still owed is dropped.": (
        "移除推送地址，未发出的不再发送。"
    ),
    "Send one trial event now and say what came of it; exit 1 if it was not taken.": (
        "立即试发一次并说明结果；对方未收下时结束码为 1。"
    ),
    "Copy the whole office into one file, while all goes on; keep it as safe as the keys.": (
        "备份：把本单位的全部数据存成一个文件，期间照常运行；文件含密钥，请妥善保管。"
    ),
    "Put a backup back, where there is no office yet: an empty SISE_HOME or database.": (
        "恢复备份：只能恢复到空的 SISE_HOME 或空的数据库。"
    ),
    "Add a new key, for everything from now on; what the older ones made stays good.": (
        "启用新密钥，今后都用它；旧密钥所发的链接仍然有效。"
    ),
    "The emergency brake: leave the newest key alone, so that no earlier link opens any more.": (
        "紧急停用：只留最新密钥，此前发出的链接一律不能再打开。"
    ),
    "The office's documents, as Word (.docx) or a page that prints (.html).": (
        "本单位的文书：Word 文件（.docx）或可打印的网页（.html）。"
    ),
    "The warning notice of a task, as it was issued, with the slip to answer on.": (
        "一件事项的预警单，内容以签发时为准，附回执。"
    ),
    "The application for sign-off of a task, with what each level decided on it.": (
        "一件事项的销号申请表，附各级审核记录。"
    ),
    "Issue the next numbered bulletin, whose lines and totals are frozen; or print one again, "
    "the same whatever happened since.": (
        "印发新一期督查通报，明细和合计随即固定；或重印某一期，内容与当时完全一致。"
    ),
    "The monthly posting: the units ranked. It is prepared as a draft, which is frozen and marked "
    "as one, until it is approved at the desk; or print one again, as it stands.": (
        "每月上墙晾晒：各单位排名。先拟待审批稿，内容随即固定，在督办台审批后方可上墙；"
        "或重印某一期。"
    ),
    "Say what would be issued; write nothing.": "只预览将印发什么，不写入。",
    "A month that is over, as 2022-07; the last one if not given.": (
        "已过完的月份，如 2022-07；不写为上个月。"
    ),
    "Print this issue again; without it a new one is issued.": "重印这一期；不写则印发新的一期。",
    "The first day; by default the day after the last issue.": "起始日期，不写则接着上一期。",
    "The last day; today if not given.": "截止日期，不写为今天。",
    "A notice by its number; the newest if not given.": "预警单编号，不写为最近一份。",
    "The tamper-evident history.": "可核验的历史记录。",
    "Number and hash of the newest link; each morning summary printed the head of its night.": (
        "历史记录最新一环的序号和校验值，与晨报上的一致。"
    ),
    "Hash the history again and compare the ledger with it; exit 1 and the places if anything was "
    "changed.": "核验全部历史记录，并与台账对照；被改动过的逐条列出，结束码为 1。",
}


def in_chinese(command: Any) -> None:
    """Put the Chinese in place of the English, in a command and everything below it."""
    command.help = HELP.get(" ".join((command.help or "").split()), command.help)
    for parameter in command.params:
        if written := getattr(parameter, "help", None):
            parameter.help = HELP.get(written, written)
    for below in getattr(command, "commands", {}).values():
        in_chinese(below)
