"""One sentence with a mask: what a model predicts, before and after a change, and the words that mattered."""

from typing import Any, ClassVar

import traitlets as t

from bertviz_plus.plates.masked import MaskedPlate
from bertviz_plus.plates.masked_data import MaskedData
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.asked import Answer, Asked
from bertviz_plus.views.base import View
from bertviz_plus.views.masked.data import masked_data, packed_asked
from bertviz_plus.views.masked.later import Later
from bertviz_plus.views.masked.traits import TRAITS, Limits
from bertviz_plus.views.traits import Traits

_WORKS = 'MaskedView(model, "A robin is a [MASK].")'
