// The other end of canvas.rs: makes the calls that it has written down as numbers. One crossing a picture instead of one a call.
// `tables` holds what is no number, and is pointed at by place: colours, fonts, alignments, dashes, words.
export function draw(context, orders, [colours, fonts, aligns, dashes, words]) {
  const end = orders.length;
  let at = 0;
  while (at < end) {
    switch (orders[at++]) {
      case 0:
        context.beginPath();
        break;
      case 1:
        context.fill();
        break;
      case 2:
        context.stroke();
        break;
      case 3:
        context.moveTo(orders[at], orders[at + 1]);
        context.lineTo(orders[at + 2], orders[at + 3]);
        at += 4;
        break;
      case 4:
        context.moveTo(orders[at], orders[at + 1]);
        context.bezierCurveTo(orders[at + 2], orders[at + 3], orders[at + 4], orders[at + 5], orders[at + 6], orders[at + 7]);
        at += 8;
        break;
      case 5:
        context.moveTo(orders[at], orders[at + 1]);
        at += 2;
        break;
      case 6:
        context.lineTo(orders[at], orders[at + 1]);
        at += 2;
        break;
      case 7:
        context.closePath();
        break;
      case 8:
        context.rect(orders[at], orders[at + 1], orders[at + 2], orders[at + 3]);
        at += 4;
        break;
      case 9:
        context.roundRect(orders[at], orders[at + 1], orders[at + 2], orders[at + 3], orders[at + 4]);
        at += 5;
        break;
      case 10:
        context.moveTo(orders[at] + orders[at + 2], orders[at + 1]);
        context.arc(orders[at], orders[at + 1], orders[at + 2], 0, 2 * Math.PI);
        at += 3;
        break;
      case 11:
        context.fillText(words[orders[at]], orders[at + 1], orders[at + 2]);
        at += 3;
        break;
      case 12:
        context.strokeText(words[orders[at]], orders[at + 1], orders[at + 2]);
        at += 3;
        break;
      case 13:
        context.setTransform(orders[at], orders[at + 1], orders[at + 2], orders[at + 3], orders[at + 4], orders[at + 5]);
        at += 6;
        break;
      case 14:
        context.fillStyle = colours[orders[at++]];
        break;
      case 15:
        context.strokeStyle = colours[orders[at++]];
        break;
      case 16:
        context.globalAlpha = orders[at++] / 255;
        break;
      case 17:
        context.lineWidth = orders[at++];
        break;
      case 18:
        context.setLineDash(dashes[orders[at++]]);
        break;
      case 19:
        context.font = fonts[orders[at++]];
        break;
      case 20:
        context.textAlign = aligns[orders[at++]];
        break;
      case 21:
        context.lineJoin = "round";
        break;
      case 22:
        context.save();
        break;
      case 23:
        context.restore();
        break;
      case 24:
        context.clip();
        break;
      case 25:
        context.clearRect(0, 0, orders[at], orders[at + 1]);
        at += 2;
        break;
    }
  }
}
