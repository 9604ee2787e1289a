//! The paths, and serving them.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post, put};
use carechain_schema::{ErrorCode, Method, Route};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use crate::border::Border;
use crate::failure::Refused;
use crate::handshakes::Handshakes;
use crate::limits::{BODY_BYTES_MAX, COMPLETE_BYTES_MAX, SUBMISSION_BYTES_MAX};
use crate::node::Node;
use crate::route::{ledger, notices, reads, search, status, uploads};
use crate::settings::Settings;
use crate::{admission, connections};

/// What stands between a route and its call.
enum Layer {
    /// Places of its own, for questions how the node is.
    Health,
    /// The same, for who may see how the node is in full.
    Operators,
    /// The body is taken into memory, up to so many bytes; then the call gets a place.
    Whole(usize),
    /// The same, once the secret of the upload in the path is shown.
    OfUpload(usize),
    /// The call takes its places itself, once it knows for whom.
    Own,
}

/// The whole HTTP interface of a node.
pub(crate) fn router(border: Arc<Border>) -> Router {
    use Layer::{Health, OfUpload, Operators, Own, Whole};
    Calls { border: Arc::clone(&border), router: Router::new() }
        .on(Route::NODE, Health, status::node)
        .on(Route::STATUS, Operators, status::status)
        .on(Route::READY, Health, status::ready)
        .on(Route::METRICS, Operators, status::metrics)
        .on(Route::GENESIS, Whole(0), status::genesis)
        .on(Route::OPENAPI, Whole(0), status::openapi)
        .on(Route::SUBMIT, Whole(SUBMISSION_BYTES_MAX), ledger::submit)
        .on(Route::TRANSACTION, Whole(0), ledger::transaction)
        .on(Route::STATE, Whole(BODY_BYTES_MAX), ledger::state)
        .on(Route::LIST, Whole(BODY_BYTES_MAX), ledger::list)
        .on(Route::PART, Whole(0), ledger::part)
        .on(Route::SEARCH, Whole(BODY_BYTES_MAX), search::search)
        .on(Route::NOTICES, Own, notices::notices)
        .on(Route::UPLOAD_OPEN, Whole(BODY_BYTES_MAX), uploads::open)
        .on(Route::UPLOAD, Whole(0), uploads::status)
        .on(Route::UPLOAD_CHUNK, Own, uploads::chunks)
        .on(Route::UPLOAD_COMPLETE, OfUpload(COMPLETE_BYTES_MAX), uploads::complete)
        .on(Route::READ, Whole(BODY_BYTES_MAX), reads::read)
        .router
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
        .layer(from_fn_with_state(Arc::clone(&border), admission::counted))
        .with_state(border)
}

/// The calls put together so far.
struct Calls {
    border: Arc<Border>,
    router: Router<Arc<Border>>,
}

impl Calls {
    fn on<H, T>(self, route: Route, layer: Layer, handler: H) -> Self
    where
        H: Handler<T, Arc<Border>>,
        T: 'static,
    {
        let Self { border, router } = self;
        let method: MethodRouter<Arc<Border>> = match route.method {
            Method::Get => get(handler),
            Method::Post => post(handler),
            Method::Put => put(handler),
        };
        let state = Arc::clone(&border);
        let method = match layer {
            Layer::Health => method.layer(from_fn_with_state(state, admission::health)),
            Layer::Operators => method
                .layer(from_fn_with_state(Arc::clone(&state), admission::health))
                .layer(from_fn_with_state(state, admission::operators)),
            Layer::Whole(bytes_max) => method.layer(from_fn_with_state((state, bytes_max), admission::whole)),
            Layer::OfUpload(bytes_max) => method
                .layer(from_fn_with_state((Arc::clone(&state), bytes_max), admission::whole))
                .layer(from_fn_with_state(state, admission::of_upload)),
            Layer::Own => method,
        };
        Self { border, router: router.route(route.path, method) }
    }
}

/// The interface without its sockets: for fuzzing, which has no time for sockets.
pub fn calls(node: Arc<dyn Node>) -> Router {
    router(Arc::new(Border::new(node, Settings::default())))
}

/// Serves the interface until `stop` ends, then finishes the calls under way.
pub async fn serve(
    listener: TcpListener,
    node: Arc<dyn Node>,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let handshakes = settings.certificate.as_ref().map(Handshakes::new);
    let border = Arc::new(Border::new(node, settings));
    let calls = TowerToHyperService::new(router(Arc::clone(&border)));
    connections::serve(listener, handshakes, &border, calls, stop).await;
}

async fn no_route() -> Refused {
    Refused::new(ErrorCode::NoRoute, "no such path or method", "compare the versions of client and node")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
