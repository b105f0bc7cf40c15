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
     *
     * @param array<string, mixed> $value
     */
    public static function decode(array $value): mixed
    {
        return match ($value['kind']) {
            'null' => null,
            'boolean' => $value['text'] === 'true',
            'integer' => $value['text'] + 0, // a float past the largest integer, as in a literal
            'number' => (float) $value['text'],
            'string' => $value['text'],
            'bytes' => base64_decode($value['base64'], true),
            'list' => array_map(self::decode(...), $value['items'] ?? []),
            'map' => self::decodeAll(array_column($value['entries'] ?? [], 'value', 'key')),
            default => throw new Fault("PHP has no value of the kind {$value['kind']}", -32602),
        };
    }

    /**
     * Named values without the absent ones, which a caller would not write.
     *
     * @param array<string, array<string, mixed>> $values
     *
     * @return array<string, mixed>
     */
    public static function decodeAll(array $values): array
    {
        $present = array_filter($values, static fn (array $value): bool => $value['kind'] !== 'absent');

        return array_map(self::decode(...), $present);
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
