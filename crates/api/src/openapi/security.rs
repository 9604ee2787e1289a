//! What callers show, as OpenAPI names it.

use carechain_schema::QUERY_HEADER;
use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use super::operation::Credential;

const SIGNED_QUERY: &str = "signedQuery";
const UPLOAD_SECRET: &str = "uploadSecret";
const OPERATOR_TOKEN: &str = "operatorToken";

pub(super) fn schemes() -> [(&'static str, SecurityScheme); 3] {
    let query = "Base64 of the canonical bytes of a query and its signature. The query names this node, the person, the \
                 method, the path and the digest of the body; it is honoured once. See *Signed queries*.";
    let secret = "The secret of the upload, 64 lower-case hexadecimal digits: 32 random bytes that the client drew before it \
                  opened the upload. The opening carries their capability, the first 16 bytes of their BLAKE3. An upload \
                  whose secret is not shown is not found.";
    let token = "The first line of the file that `api_token_file` names in the node's configuration.";
    [
        (
            SIGNED_QUERY,
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(QUERY_HEADER, query))),
        ),
        (UPLOAD_SECRET, bearer("hex", secret)),
        (OPERATOR_TOKEN, bearer("token", token)),
    ]
}

fn bearer(format: &str, description: &str) -> SecurityScheme {
    let http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
    SecurityScheme::Http(http.description(Some(description)).build())
}

/// Any one of these will do; the empty one asks for nothing.
pub(super) fn requirements(credential: Credential) -> Option<Vec<SecurityRequirement>> {
    let nothing = SecurityRequirement::default;
    let shown = |name: &str| SecurityRequirement::new::<_, [&str; 0], _>(name, []);
    Some(match credential {
        Credential::None => return None,
        Credential::Query => vec![shown(SIGNED_QUERY)],
        Credential::QueryUnlessPublic => vec![nothing(), shown(SIGNED_QUERY)],
        Credential::UploadSecret => vec![shown(UPLOAD_SECRET)],
        Credential::OperatorTokenUnlessLocal => vec![nothing(), shown(OPERATOR_TOKEN)],
    })
}
