<?php

declare(strict_types=1);

namespace Conform;

/**
 * Turns PHP values into tagged ones and back.
 */
final class Values
{
    public const ABSENT = ['kind' => 'absent'];

    /** How many lists and maps inside each other are shown; whoever reads them has a limit too. */
    private const DEEPEST = 64;

    /**
     * A PHP value as a tagged one.
     *
     * @return array<string, mixed>
     */
    public static function encode(mixed $value, int $depth = 0): array
    {
        $deeper = is_array($value) || $value instanceof \stdClass;
        $tagged = match (true) {
            $value === null => ['kind' => 'null'],
            is_bool($value) => ['kind' => 'boolean', 'text' => $value ? 'true' : 'false'],
            is_int($value) => ['kind' => 'integer', 'text' => (string) $value],
            is_float($value) => ['kind' => 'number', 'text' => var_export($value, true)],
            is_string($value) && mb_check_encoding($value, 'UTF-8') => ['kind' => 'string', 'text' => $value],
            is_string($value) => ['kind' => 'bytes', 'base64' => base64_encode($value)],
            $deeper && $depth < self::DEEPEST => self::encodeAll($value, $depth + 1),
            $value instanceof \DateTimeInterface => ['kind' => 'other', 'text' => $value->format('c')],
            default => ['kind' => 'other', 'text' => $value instanceof \Stringable ? (string) $value : ''],
        };

        return $tagged + ['native' => get_debug_type($value)];
    }

    /**
     * A tagged value as the PHP value that a caller would write.
     */
    public static function decode(mixed $value): mixed
    {
        $kind = $value['kind'] ?? null;
        $text = $value['text'] ?? $value['base64'] ?? null;

        return match (true) {
            $kind === 'null' => null,
            $kind === 'boolean' && in_array($text, ['true', 'false'], true) => $text === 'true',
            // PHP makes a float of what is beyond 64 bits.
            $kind === 'integer' && is_numeric($text) && is_int($text + 0) => $text + 0,
            $kind === 'number' && is_numeric($text) => (float) $text,
            $kind === 'string' && is_string($text) => $text,
            $kind === 'bytes' && is_string($text) => base64_decode($text),
            $kind === 'list' => self::decodeAll($value['items'] ?? []),
            $kind === 'map' => self::decodeAll(array_column($value['entries'] ?? [], 'value', 'key')),
            default => throw new Fault('PHP has no value for ' . json_encode($value), -32602),
        };
    }

    /**
     * @param array<mixed> $values
     *
     * @return array<mixed>
     */
    public static function decodeAll(array $values): array
    {
        return array_map(self::decode(...), $values);
    }

    /**
     * @param array<mixed>|\stdClass $values
     *
     * @return array<string, mixed>
     */
    private static function encodeAll(array|\stdClass $values, int $depth): array
    {
        if (is_array($values) && array_is_list($values)) {
            $items = array_map(static fn (mixed $item): array => self::encode($item, $depth), $values);

            return ['kind' => 'list', 'items' => $items];
        }
        $entries = [];
        foreach ((array) $values as $key => $value) {
            $entries[] = ['key' => (string) $key, 'value' => self::encode($value, $depth)];
        }

        return ['kind' => 'map', 'entries' => $entries];
    }
}
