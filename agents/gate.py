"""The gate: the proof of an item, made again from the item alone. Nothing that fails it is delivered."""

from agents.item import Item


class Gate:
    """Proves items that a person or a chat model wrote or changed."""

    def proved(self, item: Item) -> Item:
        """The item with a proof made anew; what it carried as its proof counts for nothing."""
        raise NotImplementedError
