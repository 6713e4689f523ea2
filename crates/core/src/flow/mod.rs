//! What happens when: each file reads as the story of one feature.
