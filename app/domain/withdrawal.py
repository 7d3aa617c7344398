"""What a participant can withdraw from."""

from typing import Literal, get_args

WithdrawalScope = Literal["contact", "answers", "follow-up"]
WITHDRAWAL_SCOPES: tuple[WithdrawalScope, ...] = get_args(WithdrawalScope)
