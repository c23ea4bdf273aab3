//! placeholder
use crate::error::Result;
use crate::out::Out;
use crate::transport::*;
use std::path::Path;
pub const BASE_URL: &str = "http://sandbox.invalid";
pub const DATABASE: &str = "sandbox";
pub const AGENT_KEY: &str = "x";
pub struct Sandbox;
impl Sandbox {
    pub fn open(_d: &Path) -> Result<Sandbox> {
        Ok(Sandbox)
    }
    pub fn reset(_d: &Path) -> Result<()> {
        Ok(())
    }
}
impl Transport for Sandbox {
    fn send(&self, _r: &HttpRequest) -> std::result::Result<HttpReply, TransportFault> {
        Err(TransportFault { kind: FaultKind::Refused, phase: Phase::NotSent, detail: "none".into() })
    }
}
pub fn serve(_s: Sandbox, _p: u16, _o: &Out) -> Result<()> {
    Ok(())
}
