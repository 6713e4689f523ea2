//! The catalogue against what is made: by another JSON Schema library than the one that derives it.

use dcvaas_core::model::catalogue::example_of;
use dcvaas_core::model::event::EventType;
use dcvaas_core::model::thin::thin;
use dcvaas_testkit::{assert_fits, assert_fits_thin};

#[test]
fn every_example_is_what_the_catalogue_describes() {
    for event in EventType::ALL {
        let example = example_of(*event).to_string();
        assert_fits(*event, &example);
        assert_fits_thin(*event, &thin(&example));
    }
}

#[test]
fn a_body_with_another_member_name_type_or_word_does_not_fit() {
    let good = example_of(EventType::DomainActive).to_string();
    for (from, to) in [
        ("\"domainName\"", "\"hostname\""),
        ("\"tags\":[\"example\"]", "\"tags\":\"example\""),
        ("\"seq\":1", "\"seq\":0"),
        ("\"status\":\"active\"", "\"status\":\"fine\""),
        ("\"domain.active\"", "\"domain.renewed\""),
        ("T02:11:46", " at two"),
        ("{\"", "{\"colour\":1,\""),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let fits = std::panic::catch_unwind(|| assert_fits(EventType::DomainActive, &bad));
        assert!(fits.is_err(), "{bad}");
    }
}
