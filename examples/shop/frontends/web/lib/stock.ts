type StockStatus = "in_stock" | "low" | "out_of_stock";

/** What a table's cell says about a product's stock. */
export const stockLabel = (status: StockStatus, available: number): string =>
  status === "out_of_stock" ? "Sold out" : status === "low" ? `Only ${available} left` : `${available} in stock`;
