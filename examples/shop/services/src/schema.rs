//! The tables of the SQLite file; the crate's header says what they hold.

/// Kept in `PRAGMA user_version`: a file with another number is seeded afresh.
pub(crate) const VERSION: i64 = 2;

/// Creates every table of an empty database.
pub(crate) const TABLES: &str = "
CREATE TABLE categories (
    id TEXT PRIMARY KEY,
    parent_id TEXT REFERENCES categories(id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    icon TEXT NOT NULL,
    hue INTEGER NOT NULL
);
CREATE TABLE brands (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE products (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    brand_id TEXT NOT NULL REFERENCES brands(id),
    category_id TEXT NOT NULL REFERENCES categories(id),
    top_category_id TEXT NOT NULL REFERENCES categories(id),
    price_cents INTEGER NOT NULL CHECK (price_cents > 0),
    list_price_cents INTEGER,
    reduced_tax INTEGER NOT NULL,
    weight_grams INTEGER NOT NULL,
    shipping_class TEXT NOT NULL,
    images INTEGER NOT NULL,
    status TEXT NOT NULL,
    rating_average REAL NOT NULL DEFAULT 0,
    rating_count INTEGER NOT NULL DEFAULT 0,
    sales INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
-- Apart from the facts, so that scans over those stay small.
CREATE TABLE product_documents (n INTEGER PRIMARY KEY REFERENCES products(n), json TEXT NOT NULL);
CREATE TABLE price_tiers (
    product_id TEXT NOT NULL REFERENCES products(id),
    min_quantity INTEGER NOT NULL,
    unit_cents INTEGER NOT NULL,
    PRIMARY KEY (product_id, min_quantity)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE product_search USING fts5 (
    name, brand, category, tags, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TABLE users (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    segment TEXT NOT NULL,
    country TEXT NOT NULL,
    active INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    json TEXT NOT NULL
);
CREATE TABLE reviews (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    product_id TEXT NOT NULL REFERENCES products(id),
    user_id TEXT NOT NULL REFERENCES users(id),
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    created_at TEXT NOT NULL,
    json TEXT NOT NULL,
    UNIQUE (product_id, user_id)
);
CREATE TABLE orders (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users(id),
    status TEXT NOT NULL,
    placed_at TEXT NOT NULL,
    currency TEXT NOT NULL,
    subtotal_cents INTEGER NOT NULL,
    discount_cents INTEGER NOT NULL,
    shipping_cents INTEGER NOT NULL,
    tax_cents INTEGER NOT NULL,
    total_cents INTEGER NOT NULL,
    json TEXT NOT NULL
);
CREATE TABLE order_lines (
    order_id TEXT NOT NULL REFERENCES orders(id),
    line INTEGER NOT NULL,
    product_id TEXT NOT NULL REFERENCES products(id),
    quantity INTEGER NOT NULL,
    unit_price_cents INTEGER NOT NULL,
    total_cents INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) WITHOUT ROWID;
CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders(id),
    answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE warehouses (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    json TEXT NOT NULL
);
CREATE TABLE stock (
    product_id TEXT NOT NULL REFERENCES products(id),
    warehouse_id TEXT NOT NULL REFERENCES warehouses(id),
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    reserved INTEGER NOT NULL CHECK (reserved BETWEEN 0 AND quantity),
    restock_at TEXT,
    bin TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (product_id, warehouse_id)
) WITHOUT ROWID;
CREATE TABLE reservations (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    order_id TEXT UNIQUE REFERENCES orders(id),
    reference TEXT,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE reservation_lines (
    reservation_id TEXT NOT NULL REFERENCES reservations(id),
    product_id TEXT NOT NULL REFERENCES products(id),
    warehouse_id TEXT NOT NULL REFERENCES warehouses(id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (reservation_id, product_id, warehouse_id)
) WITHOUT ROWID;
";

/// Creates the indexes; after seeding, so that it is quick.
pub(crate) const INDEXES: &str = "
CREATE INDEX products_by_category ON products (category_id);
CREATE INDEX products_by_top ON products (top_category_id);
CREATE INDEX products_by_brand ON products (brand_id);
CREATE INDEX products_by_sales ON products (sales DESC, n);
CREATE INDEX reviews_by_product ON reviews (product_id, n DESC);
CREATE INDEX orders_by_user ON orders (user_id, n DESC);
CREATE INDEX orders_by_status ON orders (status, n DESC);
CREATE INDEX order_lines_by_product ON order_lines (product_id);
CREATE INDEX users_by_segment ON users (segment, n);
";
