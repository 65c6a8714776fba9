-- Reference data that every environment needs. Safe to run twice.
insert into public.templates (slug, name, description, layout, is_premium)
values
  ('classic', 'Classic', 'One column, serif headings, made for print.', '{"columns": 1, "font": "serif"}', false),
  ('modern', 'Modern', 'Two columns, a slim sidebar for skills.', '{"columns": 2, "font": "sans"}', false),
  ('compact', 'Compact', 'A whole career on a single page.', '{"columns": 1, "font": "sans", "density": "high"}', true)
on conflict (slug) do nothing;
