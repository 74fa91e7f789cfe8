// A developer's phone: what a gateway would have sent, as a page.

import type { Context } from '../platform/context.ts';
import { operation, type Operation } from '../platform/http/index.ts';
import { readLocalMessages } from './sms-sender.ts';

export function localOutboxPage(context: Context): Operation {
  return operation({
    method: 'GET',
    url: '/dev/outbox',
    id: 'getLocalOutbox',
    tag: 'sign-in',
    summary: { zh: '本机收件箱(仅开发)', en: 'Messages to phones, on a developer’s machine' },
    permission: 'sessions:start',
    reply: { status: 200, contentType: 'text/html; charset=utf-8' },
    async handle({ reply }) {
      void reply.header('cache-control', 'no-store').header('content-security-policy', "default-src 'none'");
      return Buffer.from(pageOf(await readLocalMessages(context)));
    },
  });
}

function pageOf(messages: Awaited<ReturnType<typeof readLocalMessages>>): string {
  const rows = messages.map(
    ({ phone, text, sentAt }) =>
      `<tr><td>${sentAt.toISOString()}</td><td>${escapeHtml(phone)}</td><td>${escapeHtml(text)}</td></tr>`,
  );
  return `<!doctype html><html lang="zh"><meta charset="utf-8"><title>本机收件箱 local outbox</title>
<h1>本机收件箱 · local outbox</h1>
<p>没有短信网关时,验证码显示在这里。Without an SMS gateway, codes appear here.</p>
<table border="1" cellpadding="6"><tr><th>时间 at</th><th>手机 phone</th><th>内容 text</th></tr>
${rows.join('\n')}
</table></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
