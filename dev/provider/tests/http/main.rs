//! The provider as its clients see it: every test starts one and speaks HTTP to it over a real socket.
//!
//! `world` has the client; the other files are one per idea. Time is set ahead by the provider's clock, never
//! waited for.

#[cfg(test)]
mod api;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod control;
#[cfg(test)]
mod cors;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod gotrue;
#[cfg(test)]
mod oauth2;
#[cfg(test)]
mod running;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod simplejwt;
#[cfg(test)]
mod world;
