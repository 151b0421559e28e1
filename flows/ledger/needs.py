"""What a ledger's cell should have held: one sentence each, in Chinese and in English."""

from flows.ledger.sentences import Sentence
from models.organisation import PostKind
from notifications.wording import post_word


class Need(Sentence):
    """What was expected."""

    NOT_A_DATE = (
        "“{found}”不是日期，请写成 2022-07-14、2022年7月14日 或 7月底",
        "“{found}” is not a date; write 2022-07-14, 2022年7月14日 or 7月底",
    )
    NUMBER_NOT_A_DATE = (
        "“{found}”不是日期，是数字；请把单元格格式设为日期，再核对年月日",
        "“{found}” is not a date, but a number; format the cell as a date and check the day",
    )
    NO_SUCH_DAY = (
        "“{found}”这一天不存在，请核对年月日",
        "“{found}” is a day that does not exist; check year, month and day",
    )
    YEAR_OUT_OF_RANGE = (
        "“{found}”的年份不在1949年至2100年之间，请核对",
        "“{found}” is not between the years 1949 and 2100; check the year",
    )
    NO_YEAR = ("“{found}”没有年份，请写明年份", "“{found}” has no year; write the year too")
    DUE_BEFORE_OPENED = (
        "“{found}”早于交办日期 {other}，请核对两个日期",
        "“{found}” is before 交办日期 {other}; check both dates",
    )
    ENDS_BEFORE_START = (
        "“{found}”早于“起” {other}，请核对两个日期",
        "“{found}” is before 起 {other}; check both dates",
    )
    EMPTY = ("是空的，此列必须填写", "is empty; this column must be filled in")
    NUMBER_EMPTY = (
        "是空的；请填写编号，同一问题的几条措施请合并编号单元格",
        "is empty; write the number, or merge its cells for several measures of one matter",
    )
    NUMBER_EMPTY_IN_A_LINE = (
        "是空的；请填写编号，一个编号只写一行，几条措施写在同一格",
        "is empty; write the number: it has one row, with all its measures in one cell",
    )
    NO_MATTER = (
        (
            "这一行只有“{found}”，不像事项；是合计或说明的，请删去这一行，"
            "是事项的，请填写编号、反馈问题、责任单位和整改时限"
        ),
        (
            "this row has “{found}” alone and looks like no matter; delete it if it is a total or "
            "a remark, else write number, title, unit and due date"
        ),
    )
    DUE_EMPTY = (
        "是空的；请填写整改时限，没有时限的请把整改类别写成 长期坚持",
        "is empty; write the due date, or 长期坚持 as 整改类别 where there is none",
    )
    NOT_A_TRACK = (
        "“{found}”不是整改类别，请写成 立行立改、限期整改 或 长期坚持",
        "“{found}” is not a track; write 立行立改, 限期整改 or 长期坚持",
    )
    LONG_TERM_AND_TRACK = (
        "写了“{found}”，而整改类别是 {other}；请改成日期，或把整改类别写成 长期坚持",
        "says “{found}” while 整改类别 is {other}; write a date, or 长期坚持 as 整改类别",
    )
    NOT_YES_NO = (
        "“{found}”不是 是 或 否，请写 是 或 否",
        "“{found}” is not 是 or 否; write one of them",
    )
    NOT_A_POST = (
        f"“{{found}}”不是职务类别，请写 {'、'.join(post_word(kind) for kind in PostKind)} 之一",
        (
            "“{found}” is not a post; write handler, unit_head, supervising_leader, reviewer, "
            "office, commission_head or administrator"
        ),
    )
    NOT_A_LANGUAGE = (
        "“{found}”不是可用的语言，请写 中文 或 English",
        "“{found}” is no language of ours; write 中文 or English",
    )
    NOT_AN_ADDRESS = (
        "“{found}”不是有效的邮箱地址，请写成 name@example.cn",
        "“{found}” is not a mail address; write it as name@example.cn",
    )
    HIDDEN_CHARACTER = (
        "“{found}”里有不可见或控制字符 {other}，请删去后重新输入",
        "“{found}” holds the invisible or control character {other}; delete it and type it again",
    )
    LINE_BREAK = (
        "“{found}”里有不可见或控制字符 {other}，即单元格内的换行（Alt+Enter）；请写成一行",
        "“{found}” has a line break in the cell ({other}, Alt+Enter); write it on one line",
    )
    FULL_WIDTH = (
        "“{found}”里有全角的字母、数字或横线，又没有这个编号；请改成半角“{other}”",
        "“{found}” has full-width letters or digits and is no known number; write “{other}”",
    )
    TOO_LONG = (
        "“{found}”超过{other}个字，请缩短",
        "“{found}” is longer than {other} characters; shorten it",
    )
    NUMBER_IS_A_DATE = (
        "{found} 是日期，不是编号；请把单元格设为文本格式后重新输入编号",
        "{found} is a date, not a number; format the cell as text and type the number again",
    )
    FORMULA_WITHOUT_VALUE = (
        "单元格 {found} 的公式没有计算结果，请在 Excel 中打开并保存，或改成数值",
        (
            "the formula in cell {found} has no value; open and save the file in Excel, or write "
            "the value"
        ),
    )
    ERROR_VALUE = (
        "单元格 {found} 是错误值 {other}，请改正",
        "cell {found} holds the error {other}; correct it",
    )
    NO_HEADINGS = (
        "前20行里找不到表头；表头要有这些列：{other}",
        "has no row of headings in its first 20 rows; it needs the columns {other}",
    )
    MISSING_COLUMN = (
        "缺少“{found}”一列，请在第{other}行的表头里加上",
        "lacks the column “{found}”; add it to the headings in row {other}",
    )
    UNREAD_COLUMNS = (
        (
            "表头里没有“{found}”，而这些表头没有读：{other}；其中有它的，请把表头改成“{found}”，"
            "或用 sise import --mapping 写明对照"
        ),
        (
            "has no heading “{found}”, and these are not read: {other}; if it is one of them, call "
            "it “{found}”, or say so by sise import --mapping"
        ),
    )
    MAPPED_COLUMN = (
        "第{other}行的表头里没有“{found}”，而对照文件里写了它；请核对对照文件",
        "has no heading “{found}” in row {other}, which the mapping names; check the mapping",
    )
    TWICE_A_COLUMN = (
        "表头“{found}”出现了两次（{other}），请只留一列",
        "has the heading “{found}” twice ({other}); keep one column",
    )
    NO_ROWS = ("表头下面没有内容，请填写后再导入", "has nothing below its headings; fill it in")
    OUTSIDE_COLUMNS = (
        "“{found}”超出了表头的列数，请检查这一行是否多了逗号",
        "“{found}” lies beyond the last heading; look for a comma too many in this row",
    )
    NUMBER_TWICE = (
        "“{found}”与第{other}行重复；同一问题的几条措施请合并编号单元格，不同问题请用不同编号",
        (
            "“{found}” is also in row {other}; merge the number's cells for several measures of "
            "one matter, or give another number"
        ),
    )
    DIFFERS_IN_TASK = (
        "“{found}”与同一问题第{other}行的内容不同，请写成一致，或拆成两个编号",
        "“{found}” differs from row {other} of this matter; make them equal or split it",
    )
    UNKNOWN_UNIT = (
        "没有“{found}”这个单位，请先在通讯录里登记",
        "“{found}” is no known unit; enter it in the directory first",
    )
    SEVERAL_UNITS = (
        "“{found}”写了几个单位，这里只能写一个；其余的请写在配合单位",
        "“{found}” names several units, where one can stand; write the others as 配合单位",
    )
    UNKNOWN_PROCEDURE = (
        "没有“{found}”这个类别，可以写：{other}",
        "“{found}” is no known procedure; write one of {other}",
    )
    UNKNOWN_OFFICIAL = (
        "找不到“{found}”（{other}），请填写邮箱，或先在通讯录里登记",
        (
            "“{found}” ({other}) is not known; write the mail address, or enter the person in the "
            "directory first"
        ),
    )
    AMBIGUOUS_OFFICIAL = (
        "“{found}”有{other}人同名，请用邮箱写明是哪一位",
        "“{found}” is the name of {other} people; give the mail address",
    )
    NAME_MISSING = (
        "是空的，而邮箱 {other} 还没有登记；请填写姓名",
        "is empty while the address {other} is not known; write the name",
    )
    NOBODY_RESPONSIBLE = (
        "是空的，而“{other}”在通讯录里没有单位负责人，也没有责任人；请填写责任人，或登记其一",
        (
            "is empty while “{other}” has neither a unit head nor a handler in the directory; "
            "write the handler, or enter one of the two"
        ),
    )
    TWO_NAMES = (
        "“{found}”这个邮箱已写给“{other}”，一个邮箱只能属于一个人",
        "“{found}” already belongs to “{other}”; an address belongs to one person",
    )
    FORMER_ADDRESS = (
        "“{found}”是 {other} 以前的邮箱；请改成现在的，确要改回的，请在“人员”页面更正",
        (
            "“{found}” is a former address of {other}; write the present one, or change it back on "
            "the page People"
        ),
    )
    NAMESAKE = (
        (
            "“{found}”没有登记，而本单位已有同名的 {other}；是同一人的，请在通讯录里照原职务写，"
            "并把他各行的邮箱都改成新的，或在“人员”页面更正；是另一人的，请在通讯录里把两人各写一行"
        ),
        (
            "“{found}” is not known, while the unit has {other}; for the same person, keep the "
            "post and give the new address in each row of the directory, or correct it on the page "
            "People; for somebody else, give each a row in the directory"
        ),
    )
    PERSON_WITHOUT_NAME = (
        "是空的，而这一行写了 {other}；请填写姓名",
        "is empty while the row gives {other}; write the name",
    )
    TASK_CLOSED = (
        "“{found}”已经销号或撤回，不能通过导入更改（{other}）",
        "“{found}” is closed and cannot be changed by an import ({other})",
    )
    HAS_LEFT = (
        "“{found}”已于 {other} 停用；仍在任的，请先在“人员”页面恢复，否则请另写一位",
        (
            "“{found}” is out of service since {other}; take this person back on the page People, "
            "or name somebody else"
        ),
    )
    UNIT_CLOSED = (
        "“{found}”已于 {other} 撤销；请写承接的单位，或先在“人员”页面恢复",
        (
            "“{found}” was closed on {other}; write the unit that took over, or open it again on "
            "the page People"
        ),
    )
    NO_SUCH_LIST = (
        "没有名为“{found}”的清单，只作文字留存，不按任何清单督办；现有清单：{other}",
        (
            "“{found}” is no list that is kept, so it stays a word and no list's rules apply; "
            "there are {other}"
        ),
    )
    IMPORTER_STANDS_ASIDE = (
        "您已登记回避“{found}”，不能导入对它的改动；请删去这一行，或由他人导入",
        (
            "you stand aside from “{found}” and cannot import changes to it; delete the row, or "
            "let somebody else import it"
        ),
    )
    HANDLER_STANDS_ASIDE = (
        "“{found}”已登记回避 {other}，不能作为责任人；请另写责任人",
        "“{found}” stands aside from {other} and cannot handle it; name somebody else",
    )
    TASK_HELD = (
        "“{found}”的这些内容要按办理程序变更，不能通过导入更改（{other}）；请把这一行改回原样",
        (
            "“{found}” is in a state in which only the sign-off changes these ({other}); put the "
            "row back as it was"
        ),
    )
    PROCEDURE_FIXED = (
        "“{found}”已开始办理，类别不能再改（现为 {other}）",
        "“{found}” comes too late: the matter is under way as {other}",
    )
