//! The sandbox held against independent implementations: twilight for limits, serenity for the protocol.
