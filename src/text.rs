//! Text in the units that platforms count: escape, measure, cut, Korean particles.
