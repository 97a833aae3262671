//! A digest and a style to messages for either platform, within every limit. Pure.
