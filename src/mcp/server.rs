//! The SDK's side: what a client is told of this server, its tools, and each call handed to a worker. What a call
//! does is not known here.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, CustomRequest,
    CustomResult, DiscoverResult, ErrorCode, Implementation, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ServerCapabilities, ServerConfig,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler, ServiceExt};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::answers::{self, Answer};
use super::calls::{Around, Calls, Said};
use super::desk::IDLE;
use super::fit;
use super::framing::Framing;
use super::host::Progress;
use super::person::{Answered, Reach};
use super::tools::Asked;
use crate::error::Code;

/// Calls that are carried out at the same time; others wait for a worker.
pub const MOST_AT_ONCE: usize = 8;
/// Calls that wait for a person at the same time: they have workers of their own, for they keep them long.
pub const MOST_WITH_PEOPLE: usize = 16;
/// Calls that may wait for a worker.
const MOST_WAITING: usize = 512;
/// Of a name that is none so much is said back.
const LONGEST_NAME: usize = 80;
/// How long a client may keep what it was told of the tools.
const GOOD_FOR_MS: u64 = 300_000;

/// Serves until the client's stream ends.
pub async fn run(calls: Arc<Calls>, input: Box<dyn Read + Send>, output: Box<dyn Write + Send>) {
    let idle = Arc::clone(&calls);
    let glance = async move {
        loop {
            tokio::time::sleep(IDLE / 2).await;
            idle.let_go_if_idle();
        }
    };
    let served = async move {
        let framing = Framing::start(input, output, Arc::clone(&calls.end.is_silent));
        let (closing, is_gone) = (framing.closing(), Arc::clone(&calls.end.is_gone));
        let lane = |most| Arc::new(Semaphore::new(most));
        let (waiting, workers, with_people) =
            (lane(MOST_WAITING), lane(MOST_AT_ONCE), lane(MOST_WITH_PEOPLE));
        let server = Server { calls, waiting, workers, with_people };
        // Whatever ends it, there is nobody left who could be told.
        if let Ok(service) = server.serve(framing).await {
            let _ = service.waiting().await;
        }
        is_gone.store(true, Ordering::SeqCst);
        closing.close().await;
    };
    tokio::select! {
        () = served => {}
        () = glance => {}
    }
}

struct Server {
    calls: Arc<Calls>,
    waiting: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    with_people: Arc<Semaphore>,
}

impl Server {
    async fn called(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<Said, ErrorData> {
        let arguments = params.arguments.unwrap_or_default();
        let refused = |code: Code, why: &str| Ok(Said::Answer(answers::refused(code, why)));
        let asked: Asked = match self.calls.tools.asked(&params.name, arguments) {
            None => {
                let name = fit::shortened(&params.name, LONGEST_NAME);
                return Err(ErrorData::invalid_params(format!("Unknown tool: {name}"), None));
            }
            Some(Err(why)) => return refused(Code::Usage, &why),
            Some(Ok(asked)) => asked,
        };
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else {
            return refused(Code::Busy, "too many calls are under way: nothing was sent");
        };
        let shared = self.calls.begin();
        let progress = context.meta.get_progress_token().map(|token| Progress {
            token,
            peer: context.peer.clone(),
            runtime: Handle::current(),
        });
        let brought = Answered { state: params.request_state, responses: params.input_responses };
        let version = context.protocol_version().unwrap_or(ProtocolVersion::V_2024_11_05);
        let reach = Reach::of(context.client_capabilities().as_ref(), &version, brought, &context.peer);
        let calls = Arc::clone(&self.calls);
        let around = Around { shared: Arc::clone(&shared), progress, reach };
        let lane = Arc::clone(if asked.waits_for_a_person() { &self.with_people } else { &self.workers });
        let work = async {
            let turn = lane.acquire_owned().await;
            let work = tokio::task::spawn_blocking(move || {
                let _places = (place, turn);
                calls.carry_out(asked, around)
            });
            work.await
        };
        tokio::select! {
            answer = work => answer.map_err(|_| ErrorData::internal_error("the server has ended", None)),
            () = context.ct.cancelled() => {
                self.calls.take_back(&shared);
                Err(ErrorData::internal_error("taken back", None))
            }
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("odoo-agent", env!("CARGO_PKG_VERSION")))
            .with_instructions(self.calls.tools.naming.instructions())
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut result = DiscoverResult::from_server_info(versions, self.get_info());
        result.ttl_ms = GOOD_FOR_MS;
        Ok(result)
    }

    async fn list_tools(
        &self,
        asked: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        // The first page has them all and no cursor.
        if asked.is_some_and(|asked| asked.cursor.is_some()) {
            return Err(ErrorData::invalid_params("cursor: none that this server gave", None));
        }
        Ok(ListToolsResult::with_all_items(self.calls.tools.list.clone())
            .with_ttl_ms(GOOD_FOR_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Answer { text, is_error } = match self.called(params, context).await? {
            Said::Answer(answer) => answer,
            Said::Question(question) => return Ok((*question).into()),
        };
        let content = vec![ContentBlock::text(text)];
        let mut result =
            if is_error { CallToolResult::error(content) } else { CallToolResult::success(content) };
        if !is_error {
            result.is_error = None;
        }
        Ok(result.into())
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        // A known method comes here when its parameters are of another form; the stateless era has no `initialize`.
        let is_stateless = request.method == "initialize" && context.meta.protocol_version().is_some();
        let is_known = !is_stateless
            && matches!(
                request.method.as_str(),
                "initialize" | "server/discover" | "ping" | "tools/list" | "tools/call"
            );
        Err(if is_known {
            ErrorData::invalid_params(format!("wrong parameters for {}", request.method), None)
        } else {
            ErrorData::new(
                ErrorCode::METHOD_NOT_FOUND,
                Cow::from(format!("Method not found: {}", fit::shortened(&request.method, LONGEST_NAME))),
                None,
            )
        })
    }
}
