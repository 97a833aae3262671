//! Which addresses are of the public internet: a post must not make the program call what only its own machine, its
//! own network or its provider's can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses may be contacted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// One more than the public ones, for the server of a test. Nothing that is configured leads here.
    also: Option<IpAddr>,
}

impl Reach {
    /// The public internet.
    pub(super) fn public() -> Self {
        Self { also: None }
    }

    /// The public internet, and one address of this machine.
    #[cfg(test)]
    pub(super) fn public_and(address: IpAddr) -> Self {
        Self { also: Some(address) }
    }

    pub(super) fn allows(self, address: IpAddr) -> bool {
        is_public(address) || self.also == Some(address)
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// All but IANA's special-purpose addresses (iana-ipv4-special-registry) and multicast.
fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        // This network, private, loopback, link-local (metadata of most clouds), carrier-grade NAT.
        [0 | 10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] | [169, 254, ..] | [100, 64..=127, ..]
            // Protocol assignments, documentation, relays of 6to4, benchmarks.
            | [192, 0, 0 | 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [192, 88, 99, _] | [198, 18 | 19, ..]
            // Multicast, reserved, broadcast.
            | [224..=255, ..]
            // Azure's metadata: a public number that only its own machines can reach.
            | [168, 63, 129, 16]
    )
}

/// What is given out for the public (2000::/3) without its special-purpose parts (iana-ipv6-special-registry); where
/// an IPv4 address is written as IPv6, that one decides.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // IPv4-mapped, translated (NAT64), tunnelled (6to4).
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => is_public_v4(v4(high, low)),
        // Protocol assignments with Teredo, documentation.
        [0x2001, ..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, ..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1.1.1.1")]
    #[case("8.8.8.8")]
    #[case("100.63.255.255")]
    #[case("100.128.0.1")]
    #[case("172.15.255.255")]
    #[case("172.32.0.1")]
    #[case("168.63.129.17")]
    #[case("223.255.255.255")]
    #[case("2606:4700:4700::1111")]
    #[case("2001:4860:4860::8888")]
    #[case("2400:cb00::1")]
    #[case("::ffff:8.8.8.8")]
    #[case("64:ff9b::8.8.8.8")]
    #[case("2002:808:808::1")]
    fn public_addresses_are_told(#[case] address: &str) {
        assert!(is_public(address.parse().unwrap()));
    }

    #[rstest]
    #[case::this_network("0.0.0.0")]
    #[case::private("10.1.2.3")]
    #[case::private_too("172.16.0.1")]
    #[case::private_at_its_end("172.31.255.255")]
    #[case::at_home("192.168.0.1")]
    #[case::loopback("127.0.0.1")]
    #[case::loopback_at_its_end("127.255.255.255")]
    #[case::metadata("169.254.169.254")]
    #[case::metadata_of_oracle("192.0.0.192")]
    #[case::metadata_of_alibaba("100.100.100.200")]
    #[case::metadata_of_azure("168.63.129.16")]
    #[case::carrier_grade("100.127.255.255")]
    #[case::documentation("192.0.2.1")]
    #[case::relay("192.88.99.1")]
    #[case::benchmark("198.19.0.1")]
    #[case::multicast("224.0.0.251")]
    #[case::reserved("240.0.0.1")]
    #[case::broadcast("255.255.255.255")]
    #[case::unspecified("::")]
    #[case::loopback_v6("::1")]
    #[case::mapped("::ffff:127.0.0.1")]
    #[case::compatible("::127.0.0.1")]
    #[case::nat64("64:ff9b::10.0.0.1")]
    #[case::nat64_of_a_network("64:ff9b:1::1")]
    #[case::six_to_four("2002:a9fe:a9fe::1")]
    #[case::teredo("2001:0:53aa:64c:0:fbff:ad42:3c0d")]
    #[case::documentation_v6("2001:db8::1")]
    #[case::documentation_v6_too("3fff::1")]
    #[case::unique_local("fc00::1")]
    #[case::metadata_of_aws("fd00:ec2::254")]
    #[case::link_local("fe80::1")]
    #[case::site_local("fec0::1")]
    #[case::multicast_v6("ff02::1")]
    #[case::discard("100::1")]
    #[case::segment_routing("5f00::1")]
    fn others_are_told(#[case] address: &str) {
        assert!(!is_public(address.parse().unwrap()));
    }
}
