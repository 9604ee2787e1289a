//! The paths of the HTTP interface.

/// Methods in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// Reads; no body.
    Get,
    /// Reads or writes with a body.
    Post,
    /// Writes one chunk.
    Put,
}

impl Method {
    /// As HTTP writes it; signed queries name it like this.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// One path with its method. A segment in braces stands for a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path, with `{name}` where a value stands.
    pub path: &'static str,
}

impl Route {
    /// Whose node it is, of which ledger, and whether it is ready: [`NodeReport`](crate::NodeReport). Open to all.
    pub const NODE: Self = get("/v1/node");
    /// How the node is: [`StatusReport`](crate::StatusReport). For its own machine, and with the operators' token.
    pub const STATUS: Self = get("/v1/status");
    /// Whether it serves: 200 with a [`NodeReport`](crate::NodeReport), or 503 with a [`Failure`](crate::Failure) that says
    /// why to whoever may see the status. Open to all.
    pub const READY: Self = get("/v1/ready");
    /// Figures for Prometheus, as text. For the node's own machine, and with the operators' token.
    pub const METRICS: Self = get("/metrics");
    /// The bytes of the genesis file. Open to all.
    pub const GENESIS: Self = get("/v1/genesis");
    /// The description of this interface: OpenAPI 3.1, as JSON. Open to all.
    pub const OPENAPI: Self = get("/v1/openapi.json");
    /// Canonical bytes of a signed transaction with its parts, to those of its proof.
    pub const SUBMIT: Self = post("/v1/transactions");
    /// Canonical bytes of the proof of a committed transaction.
    pub const TRANSACTION: Self = get("/v1/transactions/{id}");
    /// Canonical bytes of a state query, to those of a proof. Signed query, but for what is public.
    pub const STATE: Self = post("/v1/state");
    /// Canonical bytes of a list query, to those of a proof. Signed query.
    pub const LIST: Self = post("/v1/lists");
    /// Canonical bytes of one detached part. Signed query.
    pub const PART: Self = get("/v1/parts/{id}/{index}");
    /// [`SearchRequest`](crate::SearchRequest) to [`SearchPage`](crate::SearchPage). Signed query.
    pub const SEARCH: Self = post("/v1/search");
    /// [`NoticeList`](crate::NoticeList) after a height, waiting for one. Signed query.
    pub const NOTICES: Self = get("/v1/notices");
    /// Canonical bytes of the signed opening, to [`UploadStatus`](crate::UploadStatus).
    pub const UPLOAD_OPEN: Self = post("/v1/uploads");
    /// [`UploadStatus`](crate::UploadStatus): which chunks are there. This and the two below want `authorization: Bearer` with
    /// the upload's secret, whose capability stands in the opening; without it the upload is not found.
    pub const UPLOAD: Self = get("/v1/uploads/{id}");
    /// Chunks in a row from that index on, each its subtree value (32 bytes) and its bytes, `application/octet-stream`.
    pub const UPLOAD_CHUNK: Self = put("/v1/uploads/{id}/chunks/{index}");
    /// Canonical bytes of the signed completion with the manifest, to those of the receipts.
    pub const UPLOAD_COMPLETE: Self = post("/v1/uploads/{id}/complete");
    /// Canonical bytes of the signed read request with what is shown beside it, to a stream of response frames,
    /// `application/octet-stream`; a refusal is a document.
    pub const READ: Self = post("/v1/read");

    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::STATUS,
        Self::READY,
        Self::METRICS,
        Self::GENESIS,
        Self::OPENAPI,
        Self::SUBMIT,
        Self::TRANSACTION,
        Self::STATE,
        Self::LIST,
        Self::PART,
        Self::SEARCH,
        Self::NOTICES,
        Self::UPLOAD_OPEN,
        Self::UPLOAD,
        Self::UPLOAD_CHUNK,
        Self::UPLOAD_COMPLETE,
        Self::READ,
        Self::NODE,
    ];

    /// The path with values in place of the braces, in order.
    ///
    /// # Panics
    /// When the number of values is not that of the braces.
    #[must_use]
    pub fn with(self, values: &[&str]) -> String {
        let mut values = values.iter();
        let segments = self.path.split('/').map(|segment| {
            if segment.starts_with('{') { *values.next().expect("one value a brace") } else { segment }
        });
        let path = segments.collect::<Vec<_>>().join("/");
        assert!(values.next().is_none(), "one value a brace");
        path
    }
}

/// Header of a signed query: base64 of the canonical bytes of the query and its signature.
pub const QUERY_HEADER: &str = "carechain-query";

const fn get(path: &'static str) -> Route {
    Route { method: Method::Get, path }
}

const fn post(path: &'static str) -> Route {
    Route { method: Method::Post, path }
}

const fn put(path: &'static str) -> Route {
    Route { method: Method::Put, path }
}

#[cfg(test)]
mod tests;
