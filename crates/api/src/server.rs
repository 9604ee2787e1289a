//! The paths, and serving them.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post, put};
use carechain_schema::{ErrorCode, Method, Route};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use crate::border::Border;
use crate::connections;
use crate::failure::Refused;
use crate::node::Node;
use crate::route::{ledger, notices, reads, search, status, uploads};

type Calls = Router<Arc<Border>>;

/// The whole HTTP interface of a node.
pub fn router(node: Arc<dyn Node>) -> Router {
    let border = Arc::new(Border::new(node));
    let mut calls = Router::new();
    calls = on(calls, Route::STATUS, status::status);
    calls = on(calls, Route::READY, status::ready);
    calls = on(calls, Route::METRICS, status::metrics);
    calls = on(calls, Route::GENESIS, status::genesis);
    calls = on(calls, Route::SUBMIT, ledger::submit);
    calls = on(calls, Route::TRANSACTION, ledger::transaction);
    calls = on(calls, Route::STATE, ledger::state);
    calls = on(calls, Route::LIST, ledger::list);
    calls = on(calls, Route::PART, ledger::part);
    calls = on(calls, Route::SEARCH, search::search);
    calls = on(calls, Route::NOTICES, notices::notices);
    calls = on(calls, Route::UPLOAD_OPEN, uploads::open);
    calls = on(calls, Route::UPLOAD, uploads::status);
    calls = on(calls, Route::UPLOAD_CHUNK, uploads::chunks);
    calls = on(calls, Route::UPLOAD_COMPLETE, uploads::complete);
    calls = on(calls, Route::READ, reads::read);
    calls
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
        .layer(from_fn_with_state(Arc::clone(&border), bounded))
        .with_state(border)
}

/// Serves the interface until `stop` ends, then finishes the calls under way.
pub async fn serve(
    listener: TcpListener,
    node: Arc<dyn Node>,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    connections::serve(listener, TowerToHyperService::new(router(node)), stop).await;
}

fn on<H, T>(calls: Calls, route: Route, handler: H) -> Calls
where
    H: Handler<T, Arc<Border>>,
    T: 'static,
{
    let method: MethodRouter<Arc<Border>> = match route.method {
        Method::Get => get(handler),
        Method::Post => post(handler),
        Method::Put => put(handler),
    };
    calls.route(route.path, method)
}

async fn bounded(State(border): State<Arc<Border>>, request: Request, next: Next) -> Response {
    let Ok(_place) = border.requests.try_acquire() else { return Refused::busy().into_response() };
    next.run(request).await
}

async fn no_route() -> Refused {
    Refused::new(ErrorCode::NoRoute, "no such path or method", "compare the versions of client and node")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
