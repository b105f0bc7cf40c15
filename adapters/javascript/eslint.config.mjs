import js from '@eslint/js'
import stylistic from '@stylistic/eslint-plugin'
import globals from 'globals'

export default [
  js.configs.recommended,
  stylistic.configs.customize({ braceStyle: '1tbs' }),
  {
    languageOptions: { globals: globals.nodeBuiltin },
    rules: {
      'no-var': 'error',
      'prefer-const': 'error',
      '@stylistic/arrow-parens': ['error', 'as-needed'],
      '@stylistic/max-len': ['error', 110],
      '@stylistic/max-statements-per-line': 'off',
    },
  },
]
