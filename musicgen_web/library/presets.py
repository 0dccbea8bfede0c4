"""Presets: a desk as somebody likes to begin with it, under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.errors import Conflict, NotFound
from musicgen_web.models import LOCAL, Preset, now

MOST = 50  # of one person


async def save(session: AsyncSession, name: str, values: Mapping[str, str], owner: str = LOCAL) -> Preset:
    """Keep what stands in the form's fields under a name; what had that name before is replaced."""
    preset = await session.scalar(select(Preset).where(Preset.owner == owner, Preset.name == name))
    if preset is None:
        kept = await session.scalar(select(func.count()).where(Preset.owner == owner)) or 0
        if kept >= MOST:
            raise Conflict(f"{kept} presets", recovery=f"There are {MOST} presets already. Remove one of them first.")
        preset = Preset(owner=owner, name=name)
        session.add(preset)
    preset.values, preset.created_at = dict(values), now()
    await session.flush()
    return preset


async def listing(session: AsyncSession, owner: str = LOCAL) -> Sequence[Preset]:
    """Return somebody's presets in the order of their names."""
    own = select(Preset).where(Preset.owner == owner)
    return (await session.scalars(own.order_by(func.lower(Preset.name), Preset.number))).all()


async def find(session: AsyncSession, preset_id: str, owner: str = LOCAL) -> Preset:
    """Return one preset of somebody, or raise NotFound."""
    preset = await session.scalar(select(Preset).where(Preset.id == preset_id, Preset.owner == owner))
    if preset is None:
        raise NotFound("preset", recovery="This preset was removed.")
    return preset


async def remove(session: AsyncSession, preset_id: str, owner: str = LOCAL) -> Preset:
    """Remove one preset and return what it was, so that it can be kept again."""
    preset = await find(session, preset_id, owner)
    await session.execute(delete(Preset).where(Preset.id == preset_id, Preset.owner == owner))
    return preset
