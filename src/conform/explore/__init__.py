"""A prepared target comes in; its smallest failing situations, found at random, go out."""

from conform.explore.search import Counterexample, Explored
from conform.explore.target import ExploreOptions, explore_target

__all__ = ["Counterexample", "ExploreOptions", "Explored", "explore_target"]
