<?php
/** The pages of the chat, and the tokens for them. Start it with: php -S 127.0.0.1:3000 index.php */

declare(strict_types=1);

require __DIR__ . '/statecast.php';
require __DIR__ . '/rules.php';
require __DIR__ . '/people.php';

$route = $_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
require __DIR__ . '/hooks.php';
if (answerStatecast($route)) return;

session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'use_strict_mode' => true]);
$user = $_SESSION['user'] ?? null;

switch ($route) {
    case 'GET /':
        require __DIR__ . ($user === null ? '/login.html' : '/chat.html');
        break;
    case 'POST /login':
        // This believes the name, for a try. Yours checks a password.
        if (preg_match('/^\w{1,20}$/', $_POST['name'] ?? '') !== 1) {
            http_response_code(400);
            echo 'A name has 1 to 20 letters and digits.';
            break;
        }
        session_regenerate_id(true);
        $_SESSION['user'] = $_POST['name'];
        header('Location: /', true, 303);
        break;
    case 'POST /logout':
        // Closes the tabs of this user that are still open.
        if ($user !== null) statecast('disconnect', ['user' => $user]);
        session_destroy();
        header('Location: /', true, 303);
        break;
    case 'GET /token':
        // The page asks for it when it connects, and again before it expires.
        if ($user === null) http_response_code(403);
        else sendJson(['token' => makeToken($user)]);
        break;
    case 'GET /people':
        $room = $_GET['room'] ?? '';
        $mayAsk = is_string($room) && isset(mayJoin(['channel' => $room, 'user' => $user])['result']);
        if ($user === null || !$mayAsk) http_response_code(403);
        else sendJson(people($room));
        break;
    default:
        http_response_code(404);
}
