/** Writes a post, with one of the seller's products if wanted. */
import { announce, element, onSubmit } from './dom.js';
import { mutate } from './graph.js';
import { explain } from './words.js';

const maxLength = 500;

export function createComposer(graph) {
  const text = element('textarea', { id: 'post-text', required: true, maxLength, rows: 3, placeholder: 'What is new in your shop?' });
  const product = element('select', { id: 'post-product' }, element('option', { value: '' }, 'No product'));
  const submit = element('button', { type: 'submit', class: 'primary' }, 'Post');
  const form = element(
    'form',
    { class: 'form panel' },
    element('label', { for: 'post-text' }, 'Post'),
    text,
    element('label', { for: 'post-product' }, 'Product'),
    product,
    submit,
  );
  onSubmit(form, submit, async () => {
    try {
      const result = await mutate(graph, 'create-post', {
        text: text.value.trim(),
        productId: product.value === '' ? null : product.value,
      });
      const isPosted = result.__typename === 'CreatePostSuccess';
      announce(isPosted ? 'Posted to everybody who follows you.' : explain(result), isPosted ? 'good' : 'bad');
      if (isPosted) form.reset();
    } catch (error) {
      announce(error.message, 'bad');
    }
  });
  return {
    node: element('section', {}, element('div', { class: 'section-head' }, element('h2', {}, 'New post')), form),
    /** Products that a post can show. */
    offer: (products) =>
      product.append(
        ...products
          .filter(({ availability }) => availability !== 'DISCONTINUED')
          .map(({ id, title }) => element('option', { value: id }, title)),
      ),
  };
}
