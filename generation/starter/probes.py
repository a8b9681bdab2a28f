"""The prompts that the starter model is judged by, written before its figures were known."""

from __future__ import annotations

COLOURS = {"red": 0, "yellow": 55, "green": 125, "blue": 215, "purple": 280}
"""Hues in degrees."""
COLOURED = ("car", "house", "butterfly", "balloon", "guitar", "umbrella", "bird", "t shirt", "flower", "fish")

PAIRS = (
    "a cat and a dog", "an apple and a banana", "a house and a tree", "a car and a bus", "the sun and a cloud",
    "a guitar and a drum", "a robot and a rocket", "a pizza and a hamburger", "a rose and a butterfly",
    "a lion and a tiger", "a book and a pencil", "a key and a lock", "a boat and a whale",
    "a cup of coffee and a cookie",
    "a bicycle and a helmet", "a ghost and a pumpkin", "a horse and a cow", "a penguin and a snowman",
    "a carrot and a rabbit", "a star and a moon", "a frog and a fly", "a crown and a ring", "a camera and a television",
    "a spider and a spider web", "a strawberry next to a lemon", "an airplane and a helicopter", "a fox beside a bear",
    "a hammer and a wrench", "a violin and a trumpet", "a castle and a dragon",
)  # fmt: skip

PARAPHRASES = {
    "a puppy": "dog", "an automobile": "automobile", "a cottage": "house hut", "a kitty": "cat", "a bunny": "rabbit",
    "an aeroplane": "airplane", "a sailing yacht": "sailboat", "a steam train": "locomotive train",
    "a sweet bun with meat and salad": "hamburger sandwich", "a slice of margherita": "pizza",
    "a king's headgear": "crown", "the king of the jungle": "lion", "man's best friend": "dog",
    "a timepiece on the wrist": "watch", "a spacecraft": "rocket", "a mechanical man": "robot",
    "a jack o'lantern": "jack o lantern", "a timber wolf": "wolf", "a serpent": "snake", "a telly": "television",
    "a lorry": "lorry truck", "a blossom in spring": "blossom", "a fir tree": "evergreen christmas",
    "a birthday gateau": "birthday cake", "an electric torch": "flashlight", "a hog": "pig", "a pachyderm": "elephant",
    "a violinist's instrument": "violin", "a motorbike": "motorcycle", "spectacles": "glasses",
}  # fmt: skip
"""A paraphrase, and the words one of which the name of the drawn thing has to hold."""

OTHER_PARAPHRASES = {
    "a poodle": "dog poodle", "a sparrow": "bird", "a bungalow": "house hut", "a sedan": "automobile",
    "a jumbo jet": "airplane", "a tabby": "cat", "a stallion": "horse", "a grizzly": "bear", "a cobra": "snake",
    "a hen": "chicken rooster", "a salmon": "fish", "a conifer": "evergreen", "an oak": "tree",
    "a pint of lager": "beer", "a mug of tea": "teacup beverage", "a cheeseburger": "hamburger", "a loaf": "bread",
    "an aubergine": "eggplant", "corn on the cob": "corn", "a chilli": "pepper", "a fiddle": "violin",
    "a sax": "saxophone", "a wristwatch": "watch", "high heels": "heeled", "a padlock": "locked lock",
    "a loo": "toilet", "a ufo": "saucer", "a spook": "ghost", "a lolly": "lollipop", "a gemstone": "gem",
}  # fmt: skip
"""Written when WordNet was chosen because of the first list's figure (0.67), before either was measured with it."""

GRID = (
    "a red apple", "a banana", "a strawberry", "pizza", "a hamburger", "a birthday cake", "ice cream", "a cookie",
    "a cat", "a dog", "a lion", "an elephant", "a penguin", "an owl", "a fox", "a tiger",
    "a fish", "a butterfly", "a turtle", "a whale", "a dragon", "t rex", "a unicorn", "a robot",
    "a house", "a castle", "a tree", "a rose", "a sunflower", "a mountain", "the sun", "a rainbow",
    "a car", "a blue car", "a bus", "a sailboat", "an airplane", "a rocket", "a bicycle", "a train",
    "a guitar", "a crown", "a gift on a pink background", "a key", "a grinning face", "a ghost in space",
    "a cat and a dog", "a green house and a red balloon",
)  # fmt: skip
