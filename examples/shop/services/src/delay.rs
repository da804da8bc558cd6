//! Simulated latency for demonstrations, by service or by operation.
//!
//! In:    the route that matched, and the delays of the command line.
//! Never: in the way when no delay was asked for; see `serve`.

use crate::options::Service;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;

/// An operation of a contract, and the route that serves it.
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    service: Service,
    method: &'static str,
    route: &'static str,
}

const fn operation(
    service: Service,
    id: &'static str,
    method: &'static str,
    route: &'static str,
) -> Operation {
    Operation { id, service, method, route }
}

/// Every operation of the four contracts.
pub(crate) const OPERATIONS: [Operation; 21] = [
    operation(Service::Users, "listUsers", "GET", "/users"),
    operation(Service::Users, "searchUsers", "POST", "/users/search"),
    operation(Service::Users, "getUser", "GET", "/users/{id}"),
    operation(Service::Users, "updatePreferences", "PUT", "/users/{id}/preferences"),
    operation(Service::Users, "getAvatar", "GET", "/users/{id}/avatar"),
    operation(Service::Orders, "listOrders", "GET", "/orders"),
    operation(Service::Orders, "placeOrder", "POST", "/orders"),
    operation(Service::Orders, "getOrder", "GET", "/orders/{id}"),
    operation(Service::Orders, "cancelOrder", "POST", "/orders/{id}/cancel"),
    operation(Service::Catalog, "listProducts", "GET", "/products"),
    operation(Service::Catalog, "getProduct", "GET", "/products/{id}"),
    operation(Service::Catalog, "listReviews", "GET", "/products/{id}/reviews"),
    operation(Service::Catalog, "addReview", "POST", "/products/{id}/reviews"),
    operation(Service::Catalog, "listCategories", "GET", "/categories"),
    operation(Service::Catalog, "recommend", "GET", "/recommendations"),
    operation(Service::Catalog, "getImage", "GET", "/images/p/{file}"),
    operation(Service::Stock, "listStock", "GET", "/stock"),
    operation(Service::Stock, "getStock", "GET", "/stock/{id}"),
    operation(Service::Stock, "listWarehouses", "GET", "/warehouses"),
    operation(Service::Stock, "reserveStock", "POST", "/reservations"),
    operation(Service::Stock, "releaseReservation", "DELETE", "/reservations/{id}"),
];

/// The delays of one service; a delay of an operation goes before its service's.
pub(crate) struct Delays {
    service: Service,
    by_name: Vec<(String, Duration)>,
}

impl Delays {
    /// The delays that concern `service`, if there are any.
    pub(crate) fn of(service: Service, all: &[(String, Duration)]) -> Option<Self> {
        let concerns = |name: &str| {
            let mut own = OPERATIONS.iter().filter(|operation| operation.service == service);
            name == service.name() || own.any(|operation| operation.id == name)
        };
        let by_name: Vec<_> = all.iter().filter(|(name, _)| concerns(name)).cloned().collect();
        (!by_name.is_empty()).then_some(Self { service, by_name })
    }

    fn time(&self, method: &str, route: &str) -> Option<Duration> {
        let operation = OPERATIONS.iter().find(|operation| {
            operation.service == self.service
                && operation.method == method
                && operation.route == route
        });
        let find = |wanted: &str| {
            self.by_name.iter().find(|(name, _)| name == wanted).map(|(_, time)| *time)
        };
        operation.and_then(|operation| find(operation.id)).or_else(|| find(self.service.name()))
    }
}

/// Waits before the request goes on.
pub(crate) async fn delay(
    State(delays): State<Arc<Delays>>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    if let Some(time) = delays.time(request.method().as_str(), path.as_str()) {
        tokio::time::sleep(time).await;
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::{Delays, Service};
    use std::time::Duration;

    #[test]
    fn an_operations_delay_goes_before_its_services() {
        let ms = Duration::from_millis;
        let all = [
            ("catalog".to_owned(), ms(20)),
            ("recommend".to_owned(), ms(60)),
            ("getUser".to_owned(), ms(5)),
        ];
        let catalog = Delays::of(Service::Catalog, &all).expect("delays of the catalog");
        assert_eq!(catalog.time("GET", "/recommendations"), Some(ms(60)));
        assert_eq!(catalog.time("GET", "/products/{id}"), Some(ms(20)));
        let users = Delays::of(Service::Users, &all).expect("delays of users");
        assert_eq!(users.time("GET", "/users/{id}"), Some(ms(5)));
        assert_eq!(users.time("GET", "/users"), None);
        assert!(Delays::of(Service::Stock, &all).is_none());
    }
}
