-- A purchase that was quoted before sellers had a share goes on with the share that the default fee of 5 % leaves.
update purchases
   set quote = quote || jsonb_build_object('sellerShareMinor',
         floor(((quote->'subtotal'->>'amountMinor')::bigint + (quote->'shipping'->>'amountMinor')::bigint) * 9500 / 10000.0)::integer)
 where quote is not null and recovery_point <> 'finished';
