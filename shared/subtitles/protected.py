"""What must come back from a translation as it went: placeholders and addresses."""

import re
from collections import Counter

#: Addresses; `{name}`, `{{name}}`, `${name}`; `%s`, `%1$s`, `%(name)s`.
PROTECTED = re.compile(
    r"""
    (?: https? | ftp ) :// [^\s<>"'{}|\\^`]{1,2000} (?<! [.,;:!?)\]] )
    | \b www\. [^\s<>"']{1,500} (?<! [.,;:!?)\]] )
    | [\w.+-]{1,64} @ [\w-]{1,63} (?: \. [\w-]{1,63} ){1,5}
    | \$? \{ \{? \s? [A-Za-z_][\w.:-]{0,60} \s? \}? \}
    | (?<! [\d%] ) % (?: \d{1,2} \$ | \( \w{1,60} \) )? [-+0\#]{0,3} \d{0,3} (?: \. \d{1,3} )? [sdifuxXcgGeE@] (?! \w )
    """,
    re.VERBOSE,
)


def protected(text: str) -> Counter[str]:
    """The placeholders and addresses of a text."""
    return Counter(found[0] for found in PROTECTED.finditer(text))
