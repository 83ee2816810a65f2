import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of Swagger UI's own files, served under `/docs/`. */
export const swaggerUiFolder: string = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The files of that folder that the page and its sign-in need. The others would load a sample from a foreign host. */
export const swaggerUiFiles: readonly string[] = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png', 'oauth2-redirect.html', 'oauth2-redirect.js'];

/** `/docs/init.js`: a file of its own, so that the page needs no inline script. */
export const docsScript = `const ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  displayOperationId: true,
  displayRequestDuration: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  oauth2RedirectUrl: window.location.origin + '/docs/oauth2-redirect.html',
});
ui.initOAuth({ usePkceWithAuthorizationCodeGrant: true });
`;

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Naru</title>
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <noscript>This page needs JavaScript. The contract itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/init.js"></script>
  </body>
</html>
`;

// Swagger UI sets styles in elements and carries its icons as data; scripts come from files alone
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page of the API's documentation: everything it loads comes from here. */
export function docsPage(): { html: string; csp: string } {
  return { html: HTML, csp: CSP };
}
