//! The internet of a test. What no route answers is unexpected and fails the test.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use async_trait::async_trait;
use dcvaas_core::ports::{Http, HttpAnswer, HttpError, HttpRequest};
use dcvaas_core::time::Span;

use crate::clock::{TestClock, sleep};
use crate::executor::turn;
use crate::faults::{Faults, When};

/// What a route gives back.
pub(crate) type Reply = Result<HttpAnswer, HttpError>;
type Route = Rc<dyn Fn(&HttpRequest) -> Option<Reply>>;

/// All servers that exist.
pub struct FakeHttp {
    routes: RefCell<Vec<Route>>,
    requests: RefCell<Vec<HttpRequest>>,
    receivers: RefCell<Vec<(String, Rc<Receiver>)>>,
    clock: Rc<TestClock>,
    faults: Rc<Faults>,
}

impl FakeHttp {
    /// An internet without servers, which breaks by `faults`, under the labels
    /// `http:<METHOD> <url>`.
    pub fn new(faults: Rc<Faults>, clock: Rc<TestClock>) -> Self {
        let (routes, requests) = (RefCell::default(), RefCell::default());
        Self { routes, requests, receivers: RefCell::default(), clock, faults }
    }

    /// Adds a server: it answers, or leaves the request to those that were added before it.
    pub fn route(&self, answer: impl Fn(&HttpRequest) -> Option<Reply> + 'static) {
        self.routes.borrow_mut().push(Rc::new(answer));
    }

    /// Adds a webhook receiver at exactly `url`. It says 200 unless told otherwise.
    pub fn receiver(&self, url: &str) -> Rc<Receiver> {
        let receiver = Rc::new(Receiver::default());
        self.receivers.borrow_mut().push((url.to_owned(), Rc::clone(&receiver)));
        let (known, wanted) = (Rc::clone(&receiver), url.to_owned());
        self.route(move |request| (request.url == wanted).then(|| known.take_in(request)));
        receiver
    }

    /// All requests so far, those that broke included.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.requests.borrow().clone()
    }

    /// How many requests so far have a method and URL that contain `part`, as in `POST https://…`.
    pub fn count(&self, part: &str) -> usize {
        self.requests
            .borrow()
            .iter()
            .filter(|request| format!("{request:?}").contains(part))
            .count()
    }

    /// How long the receiver at `url` lets its client wait.
    fn delay(&self, url: &str) -> Span {
        let receivers = self.receivers.borrow();
        let found = receivers.iter().rev().find(|(known, _)| known == url);
        found.map_or(Span::millis(0), |(_, receiver)| receiver.delay.get())
    }

    fn answer(&self, request: &HttpRequest) -> Reply {
        let routes = self.routes.borrow().clone();
        let reply = routes.iter().rev().find_map(|route| route(request));
        let mut answer =
            reply.unwrap_or_else(|| panic!("unexpected upstream call: {request:?}"))?;
        answer.body.truncate(request.max_body);
        Ok(answer)
    }
}

#[async_trait(?Send)]
impl Http for FakeHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        turn().await;
        self.requests.borrow_mut().push(request.clone());
        match self.faults.on(&format!("http:{request:?}")) {
            None => {
                let reply = self.answer(&request);
                let wait = self.delay(&request.url);
                sleep(&self.clock, wait.min(request.timeout)).await;
                if wait >= request.timeout { Err(HttpError::Timeout) } else { reply }
            }
            Some(When::Refused) => Err(HttpError::Connection("planned fault".to_owned())),
            Some(When::Before) => Err(HttpError::Timeout),
            Some(When::After) => {
                drop(self.answer(&request));
                Err(HttpError::Timeout)
            }
        }
    }
}

/// A webhook receiver: says what it is told to, and keeps what it got.
#[derive(Debug)]
pub struct Receiver {
    script: RefCell<VecDeque<Reply>>,
    always: RefCell<Option<Reply>>,
    got: RefCell<Vec<HttpRequest>>,
    delay: Cell<Span>,
}

impl Default for Receiver {
    fn default() -> Self {
        Self {
            script: RefCell::default(),
            always: RefCell::default(),
            got: RefCell::default(),
            delay: Cell::new(Span::millis(0)),
        }
    }
}

impl Receiver {
    /// Answers only after `delay`; one as long as the client's patience is silence.
    pub fn takes(&self, delay: Span) {
        self.delay.set(delay);
    }

    /// Answers the next requests with these statuses, then as before.
    pub fn then(&self, statuses: impl IntoIterator<Item = u16>) {
        let replies =
            statuses.into_iter().map(|status| Ok(HttpAnswer { status, ..HttpAnswer::default() }));
        self.script.borrow_mut().extend(replies);
    }

    /// Answers the next request with `reply`: headers, a body, or a fault of the connection.
    pub fn then_reply(&self, reply: Result<HttpAnswer, HttpError>) {
        self.script.borrow_mut().push_back(reply);
    }

    /// Answers every request without a script with this status.
    pub fn always(&self, status: u16) {
        *self.always.borrow_mut() = Some(Ok(HttpAnswer { status, ..HttpAnswer::default() }));
    }

    /// Everything that arrived, in order.
    pub fn deliveries(&self) -> Vec<HttpRequest> {
        self.got.borrow().clone()
    }

    /// The header `name` (lower case) of everything that arrived.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let got = self.got.borrow();
        let found = got.iter().filter_map(|request| {
            request
                .headers
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.clone())
        });
        found.collect()
    }

    fn take_in(&self, request: &HttpRequest) -> Reply {
        self.got.borrow_mut().push(request.clone());
        let scripted = self.script.borrow_mut().pop_front();
        scripted
            .or_else(|| self.always.borrow().clone())
            .unwrap_or_else(|| Ok(HttpAnswer { status: 200, ..HttpAnswer::default() }))
    }
}
