<?php
/** What Statecast asks this backend, and what it tells it. */

declare(strict_types=1);

/** Returns whether the request was one of Statecast. */
function answerStatecast(string $route): bool
{
    switch ($route) {
        case 'POST /hooks/subscribe':
            sendJson(mayJoin(readJson()));
            return true;
        case 'POST /hooks/publish':
            sendJson(mayPublish(readJson()));
            return true;
        case 'POST /webhooks':
            if (isFromStatecast(file_get_contents('php://input'))) {
                tellPeople(readJson()['events']);
                http_response_code(204);
            } else {
                http_response_code(403);
            }
            return true;
        default:
            return false;
    }
}

function readJson(): array
{
    return json_decode(file_get_contents('php://input'), true, 64, JSON_THROW_ON_ERROR);
}

function sendJson(array $value): void
{
    header('Content-Type: application/json');
    echo json_encode($value);
}
