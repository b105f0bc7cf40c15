<?php

/**
 * Starts the adapter that drives the Files.com SDK for PHP.
 *
 * Usage: sh -c 'exec "$@" 3>&1 1>&2' sh php adapter.php FOLDER-WITH-VENDOR
 *
 * Replies go to descriptor 3: PHP cannot give its standard output to another file once it runs,
 * and some releases of the SDK log there.
 */

declare(strict_types=1);

use Conform\Adapter;
use Conform\Wire;

// The command line of PHP has no limit, so that an endless recursion would take all memory.
ini_set('memory_limit', '1G');
ini_set('display_errors', 'stderr');
ini_set('log_errors', '0');

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Conform\\')) {
        require __DIR__ . '/src/' . substr($class, strlen('Conform\\')) . '.php';
    }
});

$again = getenv('CONFORM_FIRST_REQUEST');
$first = $again === false ? (string) fgets(STDIN) : $again;
$authorities = json_decode($first, true)['params']['ca_file'] ?? null;

// PHP takes authorities only when it starts.
if ($authorities !== null && $again === false && function_exists('pcntl_exec')) {
    $own = openssl_get_cert_locations()['default_cert_file'];
    $bundle = tempnam(sys_get_temp_dir(), 'authorities');
    file_put_contents($bundle, @file_get_contents($own) . "\n" . file_get_contents($authorities));
    $arguments = ['-d', "openssl.cafile={$bundle}", ...$argv];
    pcntl_exec(PHP_BINARY, $arguments, ['CONFORM_FIRST_REQUEST' => $first] + getenv());
}

(new Wire(new Adapter($argv[1]), STDIN, fopen('php://fd/3', 'w')))->serve($first);
