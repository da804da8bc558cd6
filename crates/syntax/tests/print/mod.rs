//! Prints a tree as compact s-expressions, so that a test's expectation fits on a line.

use frontage_syntax::tree::{
    Block, ConstDecl, Element, Expr, ExprKind, Function, FunctionBody, FunctionDecl, Ident,
    Imported, Interface, Item, ItemKind, Module, Param, Pattern, PatternKind, Property,
    PropertyKey, PropertyKeyKind, Stmt, StmtKind, TemplatePart, Type, TypeAlias, TypeKind,
    TypeMember, TypeParam,
};

/// Prints a module, one item a line.
pub(crate) fn module(module: &Module) -> String {
    module.items.iter().map(item).collect::<Vec<_>>().join("\n")
}

fn list<T>(head: &str, items: &[T], print: impl Fn(&T) -> String) -> String {
    let mut text = format!("({head}");
    for item in items {
        text.push(' ');
        text.push_str(&print(item));
    }
    text + ")"
}

fn names(head: &str, names: &[Ident]) -> String {
    list(head, names, |name| name.name.to_string())
}

fn item(item: &Item) -> String {
    let text = match &item.kind {
        ItemKind::Import(import) => {
            let head = if import.type_only { "import-type" } else { "import" };
            list(&format!("{head} {:?}", import.from.value), &import.names, |name| {
                let kind = if name.type_only && !import.type_only { "type:" } else { "" };
                match &name.imported {
                    Imported::Name(from) if from.name == name.local.name => {
                        format!("{kind}{}", from.name)
                    }
                    Imported::Name(from) => format!("{kind}{}:{}", from.name, name.local.name),
                    Imported::Default => format!("default:{}", name.local.name),
                    Imported::Namespace => format!("*:{}", name.local.name),
                }
            })
        }
        ItemKind::Const(it) => constant(it),
        ItemKind::Function(it) => declared(it),
        ItemKind::TypeAlias(it) => alias(it),
        ItemKind::Interface(it) => interface(it),
        ItemKind::Exports(exports) => {
            let from = exports.from.as_ref().map_or(String::new(), |f| format!(" {:?}", f.value));
            let head = if exports.type_only { "exports-type" } else { "exports" };
            list(&format!("{head}{from}"), &exports.names, |name| {
                let kind = if name.type_only && !exports.type_only { "type:" } else { "" };
                format!("{kind}{}:{}", name.local.name, name.exported.name)
            })
        }
        ItemKind::Error(declared) => names("error", declared),
    };
    let text = if item.exported { format!("(export {text})") } else { text };
    match &item.doc {
        Some(doc) => format!("(doc {doc:?} {text})"),
        None => text,
    }
}

fn constant(it: &ConstDecl) -> String {
    list("const", &it.bindings, |binding| {
        let ty = binding.ty.as_ref().map_or(String::new(), |t| format!(": {}", ty(t)));
        format!("{}{ty} = {}", pattern(&binding.pattern), expr(&binding.init))
    })
}

fn declared(it: &FunctionDecl) -> String {
    format!("(function {} {})", it.name.name, function(&it.function))
}

fn alias(it: &TypeAlias) -> String {
    format!("(type {}{} {})", it.name.name, type_params(&it.type_params), ty(&it.ty))
}

fn interface(it: &Interface) -> String {
    let extends = if it.extends.is_empty() {
        String::new()
    } else {
        format!(" {}", list("extends", &it.extends, ty))
    };
    let params = type_params(&it.type_params);
    format!(
        "(interface {}{params}{extends} {})",
        it.name.name,
        list("members", &it.members, member)
    )
}

fn function(it: &Function) -> String {
    let is_async = if it.is_async { "async " } else { "" };
    let returns = it.return_type.as_ref().map_or(String::new(), |t| format!(": {}", ty(t)));
    let body = match &it.body {
        FunctionBody::Expr(value) => expr(value),
        FunctionBody::Block(body) => block(body),
    };
    let generics = type_params(&it.type_params);
    let params = params(&it.params, it.rest.as_deref());
    format!("{is_async}{generics}{params}{returns} => {body}")
}

fn params(params: &[Param], rest: Option<&Param>) -> String {
    let mut all: Vec<String> = params.iter().map(param).collect();
    all.extend(rest.map(|rest| format!("...{}", param(rest))));
    format!("({})", all.join(" "))
}

fn param(it: &Param) -> String {
    let optional = if it.optional { "?" } else { "" };
    let annotation = it.ty.as_ref().map_or(String::new(), |t| format!(": {}", ty(t)));
    let default = it.default.as_ref().map_or(String::new(), |value| format!(" = {}", expr(value)));
    format!("{}{optional}{annotation}{default}", pattern(&it.pattern))
}

fn type_params(params: &[TypeParam]) -> String {
    if params.is_empty() {
        return String::new();
    }
    let params: Vec<String> = params
        .iter()
        .map(|it| {
            let is_const = if it.is_const { "const " } else { "" };
            let constraint =
                it.constraint.as_ref().map_or(String::new(), |t| format!(" extends {}", ty(t)));
            let default = it.default.as_ref().map_or(String::new(), |t| format!(" = {}", ty(t)));
            format!("{is_const}{}{constraint}{default}", it.name.name)
        })
        .collect();
    format!("<{}>", params.join(", "))
}

fn pattern(it: &Pattern) -> String {
    match &it.kind {
        PatternKind::Ident(name) => name.name.to_string(),
        PatternKind::Object { props, rest } => {
            let mut all: Vec<String> = props
                .iter()
                .map(|prop| {
                    let value = with_default(&prop.value, prop.default.as_ref());
                    format!("{}: {value}", key(&prop.key))
                })
                .collect();
            all.extend(rest.as_ref().map(|rest| format!("...{}", rest.name)));
            format!("{{{}}}", all.join(", "))
        }
        PatternKind::Array { elements, rest } => {
            let mut all: Vec<String> = elements
                .iter()
                .map(|element| match element {
                    Some(it) => with_default(&it.value, it.default.as_ref()),
                    None => "_".to_owned(),
                })
                .collect();
            all.extend(rest.as_ref().map(|rest| format!("...{}", pattern(rest))));
            format!("[{}]", all.join(", "))
        }
        PatternKind::Error => "ERROR".to_owned(),
    }
}

fn with_default(value: &Pattern, default: Option<&Expr>) -> String {
    let default = default.map_or(String::new(), |value| format!(" = {}", expr(value)));
    pattern(value) + &default
}

fn key(it: &PropertyKey) -> String {
    match &it.kind {
        PropertyKeyKind::Name(name) => name.to_string(),
        PropertyKeyKind::String(text) => format!("{text:?}"),
        PropertyKeyKind::Number(text) => format!("#{text}"),
        PropertyKeyKind::Computed(value) => format!("[{}]", expr(value)),
    }
}

fn block(it: &Block) -> String {
    list("do", &it.stmts, stmt)
}

fn stmt(it: &Stmt) -> String {
    match &it.kind {
        StmtKind::Const(it) => constant(it),
        StmtKind::Function(it) => declared(it),
        StmtKind::TypeAlias(it) => alias(it),
        StmtKind::Interface(it) => interface(it),
        StmtKind::If { test, then, otherwise } => {
            let otherwise = otherwise.as_ref().map_or(String::new(), |b| format!(" {}", block(b)));
            format!("(if {} {}{otherwise})", expr(test), block(then))
        }
        StmtKind::Switch { subject, cases } => {
            list(&format!("switch {}", expr(subject)), cases, |case| {
                let test = case.test.as_ref().map_or("default".to_owned(), expr);
                list(&test, &case.body, stmt)
            })
        }
        StmtKind::Break => "(break)".to_owned(),
        StmtKind::Return(None) => "(return)".to_owned(),
        StmtKind::Return(Some(value)) => format!("(return {})", expr(value)),
        StmtKind::Throw(value) => format!("(throw {})", expr(value)),
        StmtKind::Try { body, param, handler } => {
            let param = param.as_ref().map_or("_".to_owned(), pattern);
            format!("(try {} {param} {})", block(body), block(handler))
        }
        StmtKind::Expr(value) => expr(value),
        StmtKind::Block(it) => block(it),
        StmtKind::Error(declared) => names("error", declared),
    }
}

fn element(it: &Element) -> String {
    match it {
        Element::Value(value) => expr(value),
        Element::Spread { value, .. } => format!("...{}", expr(value)),
    }
}

fn expr(it: &Expr) -> String {
    let mark = |optional: bool| if optional { "?" } else { "" };
    match &it.kind {
        ExprKind::Number(value) => value.to_string(),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Boolean(value) => value.to_string(),
        ExprKind::Null => "null".to_owned(),
        ExprKind::Regex { pattern, flags } => format!("/{pattern}/{flags}"),
        ExprKind::Template(parts) => list("template", parts, |part| match part {
            TemplatePart::Text { value, .. } => format!("{value:?}"),
            TemplatePart::Expr(value) => expr(value),
        }),
        ExprKind::Ident(name) => name.to_string(),
        ExprKind::Array(elements) => list("array", elements, element),
        ExprKind::Object(properties) => list("object", properties, |property| match property {
            Property::Value { key: k, value, shorthand: false, .. } => {
                format!("{}: {}", key(k), expr(value))
            }
            Property::Value { key: k, .. } => key(k),
            Property::Spread { value, .. } => format!("...{}", expr(value)),
        }),
        ExprKind::Member { object, name, optional } => {
            format!("(.{}{} {})", mark(*optional), name.name, expr(object))
        }
        ExprKind::Index { object, index, optional } => {
            format!("([]{} {} {})", mark(*optional), expr(object), expr(index))
        }
        ExprKind::Call { callee, type_args, args, optional } => list(
            &format!("call{}{} {}", mark(*optional), types(type_args), expr(callee)),
            args,
            element,
        ),
        ExprKind::Chain(inner) => format!("(chain {})", expr(inner)),
        ExprKind::New { callee, type_args, args } => {
            list(&format!("new {}{}", callee.name, types(type_args)), args, element)
        }
        ExprKind::Unary { op, operand } => format!("({op:?} {})", expr(operand)),
        ExprKind::Binary { op, left, right, .. } => {
            format!("({op:?} {} {})", expr(left), expr(right))
        }
        ExprKind::Logical { op, left, right } => {
            format!("({op:?} {} {})", expr(left), expr(right))
        }
        ExprKind::Conditional { test, then, otherwise } => {
            format!("(? {} {} {})", expr(test), expr(then), expr(otherwise))
        }
        ExprKind::Arrow(it) => format!("({})", function(it)),
        ExprKind::Await(value) => format!("(await {})", expr(value)),
        ExprKind::AsConst(value) => format!("(const {})", expr(value)),
        ExprKind::Satisfies { value, ty: t } => format!("(satisfies {} {})", expr(value), ty(t)),
        ExprKind::As { value, ty: t } => format!("(as {} {})", expr(value), ty(t)),
        ExprKind::Error => "ERROR".to_owned(),
    }
}

fn types(types: &[Type]) -> String {
    if types.is_empty() {
        return String::new();
    }
    format!("<{}>", types.iter().map(ty).collect::<Vec<_>>().join(", "))
}

fn ty(it: &Type) -> String {
    let path = |path: &[Ident]| path.iter().map(|p| &*p.name).collect::<Vec<_>>().join(".");
    match &it.kind {
        TypeKind::Keyword(keyword) => format!("{keyword:?}").to_lowercase(),
        TypeKind::String(text) => format!("{text:?}"),
        TypeKind::Number(value) => value.to_string(),
        TypeKind::Boolean(value) => value.to_string(),
        TypeKind::Array(element) => format!("(array {})", ty(element)),
        TypeKind::Tuple(elements) => list("tuple", elements, |it| {
            let name = it.name.as_ref().map_or(String::new(), |name| format!("{}:", name.name));
            let rest = if it.rest { "..." } else { "" };
            let optional = if it.optional { "?" } else { "" };
            format!("{rest}{name}{}{optional}", ty(&it.ty))
        }),
        TypeKind::Union(members) => list("|", members, ty),
        TypeKind::Intersection(members) => list("&", members, ty),
        TypeKind::Object(members) => list("object", members, member),
        TypeKind::Function(it) => {
            let params = params(&it.params, it.rest.as_deref());
            format!("(fn {}{params} {})", type_params(&it.type_params), ty(&it.return_type))
        }
        TypeKind::Ref { path: parts, args } => path(parts) + &types(args),
        TypeKind::Typeof { path: parts, args } => {
            format!("(typeof {}{})", path(parts), types(args))
        }
        TypeKind::Keyof(inner) => format!("(keyof {})", ty(inner)),
        TypeKind::Indexed { object, index } => format!("([] {} {})", ty(object), ty(index)),
        TypeKind::Readonly(inner) => format!("(readonly {})", ty(inner)),
        TypeKind::Predicate { param, ty: t } => format!("(is {} {})", param.name, ty(t)),
        TypeKind::Error => "ERROR".to_owned(),
    }
}

fn member(it: &TypeMember) -> String {
    match it {
        TypeMember::Property { key: k, ty: t, optional, readonly, method, .. } => {
            let readonly = if *readonly { "readonly " } else { "" };
            let optional = if *optional { "?" } else { "" };
            let method = if *method { "()" } else { "" };
            format!("{readonly}{}{method}{optional}: {}", key(k), ty(t))
        }
        TypeMember::Index { key: k, value, readonly, .. } => {
            let readonly = if *readonly { "readonly " } else { "" };
            format!("{readonly}[{}]: {}", ty(k), ty(value))
        }
    }
}
