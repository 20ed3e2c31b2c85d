from collections.abc import Callable

from ipcreel.tape.plain import Entry as Entry
from ipcreel.tape.plain import Event as Event
from ipcreel.tape.plain import Wrapper as Wrapper
from ipcreel.tape.plain import Writer as Writer
from ipcreel.tape.plain import is_plain as is_plain
from ipcreel.tape.plain import is_within as is_within

VERSION: int

def pack(value: object, depth: int = 0, /) -> bytes: ...
def fall_back_on(pack: Callable[[object, int], bytes], /) -> None: ...
