import type { CodegenConfig } from '@graphql-codegen/cli';

// One file of types and documents, made from the `.graphql` files beside the pages; never committed.
const config: CodegenConfig = {
  schema: '../schema.graphql',
  documents: 'src/dashboard/**/*.graphql',
  generates: {
    'src/generated/graphql.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        enumType: 'string-literal',
        enumsAsTypes: true,
        documentMode: 'documentNodeImportFragments',
        scalars: { DateTime: 'string', Decimal: 'string' },
        defaultScalarType: 'unknown',
        useTypeImports: true,
        dedupeFragments: true,
        immutableTypes: true,
        skipTypename: false,
      },
    },
  },
};

export default config;
