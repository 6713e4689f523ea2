//! Calls to Cloudflare and to DNS: builds the request, carries it, reads the answer.

use futures_util::future::join_all;

use crate::model::dns_record::{DnsRecord, Purpose, RecordType};
use crate::model::dns_seen::{Seen, seen};
use crate::model::hostname::Hostname;
use crate::model::quota::HostnameQuota;
use crate::model::upstream::cloudflare::{
    self, CloudflareApi, CustomHostname, Failure, HostnamePage,
};
use crate::model::upstream::doh;
use crate::ports::{App, HttpAnswer, HttpError, HttpRequest};

/// Cloudflare, as this deployment is configured.
fn api(app: &App) -> Result<CloudflareApi<'_>, Failure> {
    let config = &app.config;
    match (&config.zone_id, &config.cloudflare_api_token) {
        (Some(zone_id), Some(token)) => {
            Ok(CloudflareApi { base_url: &config.cloudflare_api_base, zone_id, token })
        }
        _ => Err(Failure::Unavailable("Cloudflare is not configured")),
    }
}

/// Sends a request. No answer means that it may still have had its effect.
async fn send(app: &App, request: HttpRequest) -> Result<HttpAnswer, Failure> {
    app.http.send(request).await.map_err(|error| {
        Failure::Unavailable(match error {
            HttpError::Timeout => "no answer in time",
            HttpError::Connection(_) => "connection failed",
        })
    })
}

/// Creates the custom hostname. A duplicate of it that exists already is taken over: its creation
/// may have been ours, with the answer lost. Host names are unique here, so it belongs to nobody
/// else of us.
pub(crate) async fn create(app: &App, hostname: &Hostname) -> Result<CustomHostname, Failure> {
    let answer = send(app, api(app)?.create_request(hostname)).await?;
    match cloudflare::read_created(&answer, hostname) {
        Err(Failure::Duplicate) => find(app, hostname)
            .await?
            .ok_or(Failure::Unavailable("reported as a duplicate, but not found")),
        read => read,
    }
}

/// Reads one custom hostname.
pub(crate) async fn get(app: &App, cf_id: &str) -> Result<CustomHostname, Failure> {
    cloudflare::read_got(&send(app, api(app)?.get_request(cf_id)).await?, cf_id)
}

/// Finds a custom hostname by its exact name.
pub(crate) async fn find(
    app: &App,
    hostname: &Hostname,
) -> Result<Option<CustomHostname>, Failure> {
    cloudflare::read_find(&send(app, api(app)?.find_request(hostname)).await?, hostname)
}

/// One page of all custom hostnames.
pub(crate) async fn list(app: &App, page: u32) -> Result<HostnamePage, Failure> {
    cloudflare::read_list(&send(app, api(app)?.list_request(page)).await?)
}

/// Deletes a custom hostname; one that is gone already counts as deleted.
pub(crate) async fn delete(app: &App, cf_id: &str) -> Result<(), Failure> {
    cloudflare::read_deleted(&send(app, api(app)?.delete_request(cf_id)).await?)
}

/// Reads the uuid of the zone's delegation targets.
pub(crate) async fn dcv_uuid(app: &App) -> Result<String, Failure> {
    cloudflare::read_uuid(&send(app, api(app)?.dcv_uuid_request()).await?)
}

/// Reads how many custom hostnames the zone may have.
pub(crate) async fn quota(app: &App) -> Result<HostnameQuota, Failure> {
    cloudflare::read_quota(&send(app, api(app)?.quota_request()).await?)
}

/// Looks the CNAME records up in DNS, all at once, and says how each was seen. The others, and a
/// wildcard's own name, which cannot be asked for, stay [`Seen::Unknown`].
pub(crate) async fn look_up(app: &App, records: &[DnsRecord]) -> Vec<(Purpose, Seen)> {
    let looks = records.iter().map(|record| async {
        if record.record_type != RecordType::Cname || record.name.starts_with('*') {
            return (record.purpose, Seen::Unknown);
        }
        let Some(request) = doh::cname_query(&app.config.doh_url, &record.name) else {
            return (record.purpose, Seen::Unknown);
        };
        let seen = match app.http.send(request).await {
            Ok(answer) => doh::read_cname(&answer, &record.name)
                .map_or(Seen::Unknown, |answer| seen(record, &answer)),
            Err(_) => Seen::Unknown,
        };
        (record.purpose, seen)
    });
    join_all(looks).await
}
