//! Routes that hand an upstream's answer on as it is.
//!
//! In:    the operation in its contract.
//! Out:   its parameters, body and answers as the route's own.
//! Never: cookies, which belong to the front door.

use std::collections::BTreeMap;

use frontage_compile::Workspace;
use frontage_compile::hir::OperationRef;
use frontage_compile::types::Ty;
use frontage_contract::{ContentKind, Location, Status};

use super::answers::Answers;
use super::contract::Contracts;
use super::faults::{self, Own};
use super::naming::Pool;
use super::schema::Schema;
use super::{ApiAnswer, ApiBody, ApiLocation, ApiOperation, ApiParameter};

/// Describes a passed-through operation.
pub(super) fn pass(
    workspace: &Workspace,
    called: OperationRef,
    result: Ty,
    answers: &mut Answers<'_>,
    operation: &mut ApiOperation,
    pool: &mut Pool,
) {
    operation.passed = true;
    let upstream = &workspace.upstreams[usize::from(called.upstream)];
    let contract = &upstream.contract;
    let declared = &contract.operations[called.operation as usize];
    let mut contracts = Contracts::new(contract, &upstream.name);
    for parameter in &declared.parameters {
        let location = match parameter.location {
            Location::Path => ApiLocation::Path,
            Location::Query => ApiLocation::Query,
            Location::Header => ApiLocation::Header,
            Location::Cookie => continue,
        };
        let mut schema =
            contracts.request(parameter.ty, pool).described(parameter.description.clone());
        schema.deprecated |= parameter.deprecated;
        if location == ApiLocation::Path {
            if let Some(own) = operation.parameters.iter_mut().find(|p| p.name == parameter.name) {
                own.schema = schema;
            }
            continue;
        }
        let name = match location {
            ApiLocation::Header => parameter.name.to_lowercase(),
            _ => parameter.name.clone(),
        };
        let required = parameter.required;
        operation.parameters.push(ApiParameter { name, location, required, schema });
    }
    if let Some(body) = &declared.body {
        let content = body
            .content
            .iter()
            .map(|content| {
                let schema = match content.kind {
                    ContentKind::Json | ContentKind::Form => {
                        Some(contracts.request(content.ty, pool))
                    }
                    ContentKind::Text => Some(Schema::string()),
                    ContentKind::Multipart | ContentKind::Binary => None,
                };
                (content.media_type.clone(), schema)
            })
            .collect();
        operation.body = Some(ApiBody { required: body.required, content });
    }
    let json = answers.image(result, pool).schema;
    for response in &declared.responses {
        let status = match response.status {
            Status::Exact(status @ 200..=399) => Some(status),
            Status::Range(2) => Some(200),
            _ => continue,
        };
        if operation.answers.iter().any(|answer| answer.status == status) {
            continue;
        }
        let content = response
            .content
            .iter()
            .map(|content| {
                let schema = match content.kind {
                    ContentKind::Json => Some(json.clone()),
                    ContentKind::Text => Some(Schema::string()),
                    ContentKind::Form | ContentKind::Multipart | ContentKind::Binary => None,
                };
                (content.media_type.clone(), schema)
            })
            .collect();
        operation.answers.push(ApiAnswer { status, content, headers: BTreeMap::new() });
    }
    if operation.answers.is_empty() {
        let content = vec![("*/*".to_owned(), None)];
        operation.answers.push(ApiAnswer { status: Some(200), content, headers: BTreeMap::new() });
    }
    let path = operation.parameters.iter().any(|p| p.location == ApiLocation::Path);
    let own = Own { path, input: false, body: false };
    faults::of_server(own, &mut operation.faults);
    faults::add(&mut operation.faults, 502, "upstream_unavailable");
    // The upstream's own codes come as they are.
    operation.faults.entry(None).or_default().open = true;
    faults::add(&mut operation.faults, 504, "upstream_timeout");
}
