-- The shape of index_advisor: it has no advice.
fnv index_advisor(query text) : table(startup_cost_before jsonb, startup_cost_after jsonb, total_cost_before jsonb, total_cost_after jsonb, index_statements text[], errors text[])
