-- The price of a look-up in PostgreSQL, over the tables that bench/peers/postgres has loaded: prices become whole
-- ten-thousandths, every search has an index that covers it.
ALTER TABLE sku ALTER base_price TYPE bigint USING (base_price * 10000)::bigint;
ALTER TABLE price_list_row ALTER price TYPE bigint USING (price * 10000)::bigint;
ALTER TABLE agreement ALTER price TYPE bigint USING (price * 10000)::bigint;
ALTER TABLE sku ADD band text;
UPDATE sku SET band = (SELECT b.band FROM band b, product_group g WHERE g.id = sku.product_group_id
  AND b.band_profile = g.band_profile AND b.min_qty <= coalesce(t.total, 0) ORDER BY b.min_qty DESC LIMIT 1)
  FROM sku own LEFT JOIN (SELECT sku_id, sum(qty) AS total FROM stock GROUP BY sku_id) t ON t.sku_id = own.id
  WHERE own.id = sku.id;
CREATE INDEX ON agreement (customer_id, sku_id, min_qty DESC, price, discountable) INCLUDE (valid_from, valid_to);
CREATE INDEX ON price_list_row (list_id, sku_id, min_qty DESC) INCLUDE (price);
CREATE INDEX ON price_list (owner_type, owner_id, priority, id) INCLUDE (discountable, valid_from, valid_to);
CREATE INDEX ON disc_cust_pg (customer_id, product_group_id) INCLUDE (bp, valid_from, valid_to);
CREATE INDEX ON disc_group_pg (group_id, product_group_id) INCLUDE (bp, valid_from, valid_to);
CREATE INDEX ON disc_group_sku (group_id, sku_id) INCLUDE (bp, valid_from, valid_to);
CREATE FUNCTION price_of(c int, s int, q int, d date, OUT source text, OUT unit numeric, OUT line numeric, OUT band text)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  p bigint; pg int; allowed int; d1 int := 0; d2 int := 0; cents bigint;
BEGIN
  SELECT a.price, a.discountable INTO p, allowed FROM agreement a
    WHERE a.customer_id = c AND a.sku_id = s AND a.min_qty <= q AND d BETWEEN a.valid_from AND a.valid_to
    ORDER BY a.min_qty DESC, a.price, a.discountable LIMIT 1;
  IF FOUND THEN source := 'A'; ELSE
    SELECT r.price, l.discountable INTO p, allowed FROM price_list l
      CROSS JOIN LATERAL (SELECT x.price FROM price_list_row x WHERE x.list_id = l.id AND x.sku_id = s AND x.min_qty <= q
        ORDER BY x.min_qty DESC LIMIT 1) r
      WHERE l.owner_type = 'C' AND l.owner_id = c AND d BETWEEN l.valid_from AND l.valid_to
      ORDER BY l.priority, l.id LIMIT 1;
    IF FOUND THEN source := 'C'; ELSE
      SELECT r.price, l.discountable INTO p, allowed FROM customer_group_member m
        JOIN price_list l ON l.owner_type = 'G' AND l.owner_id = m.group_id AND d BETWEEN l.valid_from AND l.valid_to
        CROSS JOIN LATERAL (SELECT x.price FROM price_list_row x WHERE x.list_id = l.id AND x.sku_id = s AND x.min_qty <= q
          ORDER BY x.min_qty DESC LIMIT 1) r
        WHERE m.customer_id = c ORDER BY l.priority, l.id LIMIT 1;
      IF FOUND THEN source := 'G'; END IF;
    END IF;
  END IF;
  SELECT k.product_group_id, k.band, coalesce(p, k.base_price) INTO pg, band, p FROM sku k WHERE k.id = s;
  IF source IS NULL THEN source := 'B'; allowed := 1; END IF;
  IF allowed = 1 THEN
    SELECT coalesce(max(x.bp), 0) INTO d1 FROM disc_cust_pg x
      WHERE x.customer_id = c AND x.product_group_id = pg AND d BETWEEN x.valid_from AND x.valid_to;
    SELECT greatest(coalesce(max(g.bp), 0), coalesce(max(y.bp), 0)) INTO d2 FROM customer_group_member m
      LEFT JOIN disc_group_pg g ON g.group_id = m.group_id AND g.product_group_id = pg AND d BETWEEN g.valid_from AND g.valid_to
      LEFT JOIN disc_group_sku y ON y.group_id = m.group_id AND y.sku_id = s AND d BETWEEN y.valid_from AND y.valid_to
      WHERE m.customer_id = c;
  END IF;
  cents := (p * (10000 - d1) * (10000 - d2) + 5000000000) / 10000000000;
  unit := cents * 0.01;
  line := unit * q;
END $$;
CREATE UNLOGGED TABLE everything AS SELECT row_number() OVER () AS id, c AS customer_id, s.id AS sku_id, 1 AS qty
  FROM sku s, generate_series(1, 200) c WHERE false;
