"""The Map state: chooses between its two modes. States Language, "Map State"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.asl.states.distributed_map import DistributedMapState
from simulator.aws.asl.states.inline_map import InlineMapState

if TYPE_CHECKING:
    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.states.state import State


def map_state(name: str, fields: Fields, context: BuildContext) -> State:
    """Make the Map state that `ItemProcessor.ProcessorConfig.Mode` asks for (`Iterator` is the older name)."""
    fields.exclude("ItemProcessor", "Iterator")
    noun = "Iterator" if "Iterator" in fields and "ItemProcessor" not in fields else "ItemProcessor"
    processor = fields.object(noun, required=True)
    config = processor.object("ProcessorConfig") if processor is not None else None
    mode = config.choice("Mode", ("INLINE", "DISTRIBUTED")) if config is not None else None
    if mode == "DISTRIBUTED" and processor is not None and config is not None:
        return DistributedMapState(name, fields, processor, config, context)
    if config is not None:
        config.refuse_rest("ProcessorConfig in INLINE mode")
    return InlineMapState(name, fields, processor, context)
