-- Pieces that come back with a return. An order can have several returns, each moves stock once, and never more pieces
-- come back than were sold.
alter table reservations
  add column restocked integer not null default 0,
  add constraint reservations_never_restock_above_sold check (restocked between 0 and quantity);

alter table stock_moves add column return_id text collate "C";
alter table stock_moves drop constraint stock_moves_once;
create unique index stock_moves_once on stock_moves (order_id, kind) where return_id is null and order_id is not null;
create unique index stock_moves_once_per_return on stock_moves (return_id, product_id) where return_id is not null;
alter table stock_moves
  drop constraint stock_moves_kind_check,
  add constraint stock_moves_kind_check check (kind in ('receive', 'adjust', 'reserve', 'release', 'sell', 'return', 'restock')),
  add constraint stock_moves_return check ((return_id is not null) = (kind = 'restock')),
  drop constraint stock_moves_signs,
  add constraint stock_moves_signs check (
    case kind
      when 'receive' then on_hand_delta > 0 and reserved_delta = 0
      when 'adjust' then on_hand_delta < 0 and reserved_delta = 0
      when 'reserve' then on_hand_delta = 0 and reserved_delta > 0
      when 'release' then on_hand_delta = 0 and reserved_delta < 0
      when 'sell' then on_hand_delta < 0 and reserved_delta in (0, on_hand_delta)
      when 'return' then on_hand_delta > 0 and reserved_delta = 0
      when 'restock' then on_hand_delta > 0 and reserved_delta = 0
    end
  );
